import Domain
import Synchronization

/// Collects the results of one call from several threads.
final class ResultCollector<Output: Sendable>: Sendable {
    typealias Outcome = Result<[Output], JobFailure>

    private struct State {
        var outputs: [Output?]
        var remaining: Int
        var failure: JobFailure?
        var continuation: CheckedContinuation<Outcome, Never>?
    }

    private let state: Mutex<State>

    init(count: Int) {
        state = Mutex(State(outputs: Array(repeating: nil, count: count), remaining: count))
    }

    /// Stores the continuation that the last result resumes. Resumes it at once if the call has no
    /// items.
    func begin(_ continuation: CheckedContinuation<Outcome, Never>) {
        let isComplete = state.withLock { state in
            if state.remaining > 0 { state.continuation = continuation }
            return state.remaining == 0
        }
        if isComplete { continuation.resume(returning: .success([])) }
    }

    /// Skips all work that has not begun.
    func cancel() {
        fail(.transient(.worker(.cancelled), "the work was cancelled"))
    }

    /// Runs one item's work unless the call has failed, and counts the item as finished.
    func finish(_ index: Int, work: () throws(JobFailure) -> Output) {
        if state.withLock({ $0.failure == nil }) {
            do {
                let output = try work()
                state.withLock { $0.outputs[index] = output }
            } catch {
                fail(error)
            }
        }
        count()
    }

    private func fail(_ failure: JobFailure) {
        state.withLock { $0.failure = $0.failure ?? failure }
    }

    private func count() {
        let (continuation, outcome) = state.withLock { state in
            state.remaining -= 1
            let outcome: Outcome =
                state.failure.map { .failure($0) } ?? .success(state.outputs.compactMap { $0 })
            guard state.remaining == 0 else {
                return (nil as CheckedContinuation<Outcome, Never>?, outcome)
            }
            return (state.continuation.take(), outcome)
        }
        continuation?.resume(returning: outcome)
    }
}
