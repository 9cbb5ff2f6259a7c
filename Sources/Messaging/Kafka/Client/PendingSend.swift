import Synchronization

/// The outcome of records that are sent together, with one waiting sender.
final class PendingSend: Sendable {
    private struct State {
        var open: Int
        var failure: KafkaError?
        var sender: CheckedContinuation<KafkaError?, Never>?
    }
    private let state: Mutex<State>

    init(_ count: Int) { state = Mutex(State(open: count)) }

    /// Records the outcome of `count` records; `nil` is success.
    func settle(_ failure: KafkaError?, count: Int = 1) {
        let wake = state.withLock {
            state -> (CheckedContinuation<KafkaError?, Never>, KafkaError?)? in
            state.open -= count
            if state.failure == nil { state.failure = failure }
            guard state.open == 0, let sender = state.sender else { return nil }
            state.sender = nil
            return (sender, state.failure)
        }
        if let (sender, failure) = wake { sender.resume(returning: failure) }
    }

    /// Waits until every record is settled. Returns the first failure.
    func outcome() async -> KafkaError? {
        await withCheckedContinuation { continuation in
            let isSettled = state.withLock { state in
                if state.open > 0 { state.sender = continuation }
                return state.open == 0
            }
            if isSettled { continuation.resume(returning: state.withLock { $0.failure }) }
        }
    }
}
