// Simulation: the production code of workers and reconciler on a virtual clock, with simulated
// services.
//
// Invariants: one thread runs everything, and every choice comes from one seed, so that a run can
// be repeated exactly. Time passes only when no task can continue.
// Neighbours: QueueWorker, Reconciler and the queues' handlers are the production code. The
// simulated database decides by JobModel's JobRow, which ConformanceTests compares with the SQL.

import Domain
import JobModel
import Pipeline

/// An executor with a virtual clock. It picks a random task among those that can continue. If there
/// is none, it advances its clock to the next wake-up.
final class Simulation: TaskExecutor, @unchecked Sendable {
    // Unchecked: all simulated tasks prefer this executor, which runs on one thread.

    private struct Sleeper {
        let id: Int
        let wakesAt: Duration
        let continuation: CheckedContinuation<Void, Never>
    }

    private(set) var now = Duration.zero
    private(set) var steps = 0
    var random: SplitMix64
    private var ready: [UnownedJob] = []
    /// Sorted, the soonest last.
    private var sleepers: [Sleeper] = []
    private var lastSleeper = 0

    /// Mixes the seed, so that neighbouring seeds start far apart.
    init(seed: UInt64) { random = SplitMix64(state: SplitMix64.mix(seed)) }

    func enqueue(_ job: consuming ExecutorJob) { ready.append(UnownedJob(job)) }

    /// Starts a simulated task.
    @discardableResult
    func start(_ body: @escaping @Sendable () async -> Void) -> Task<Void, Never> {
        Task(executorPreference: self) { await body() }
    }

    /// Runs until a condition holds. Returns false if no task can continue, or after `stepsMax`.
    func run(stepsMax: Int, until isOver: () -> Bool) -> Bool {
        let last = steps + stepsMax
        while !isOver() {
            guard steps < last else { return false }
            steps += 1
            if !ready.isEmpty {
                let index = Int(random.next(upperBound: UInt64(ready.count)))
                ready.swapAt(index, ready.count - 1)
                ready.removeLast().runSynchronously(on: asUnownedTaskExecutor())
            } else if let next = sleepers.popLast() {
                now = max(now, next.wakesAt)
                next.continuation.resume()
            } else {
                return false
            }
        }
        return true
    }

    /// Sleeps in virtual time. Returns early when the task is cancelled or the signal is raised.
    func sleep(_ duration: Duration, orUntil signal: WakeSignal? = nil) async {
        lastSleeper += 1
        let id = lastSleeper
        signal?.sleepers.append(id)
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                if Task.isCancelled { return continuation.resume() }
                let sleeper = Sleeper(id: id, wakesAt: now + duration, continuation: continuation)
                let index = sleepers.firstIndex { $0.wakesAt <= sleeper.wakesAt }
                sleepers.insert(sleeper, at: index ?? sleepers.count)
            }
        } onCancel: {
            wake(id)
        }
        signal?.sleepers.removeAll { $0 == id }
    }

    func raise(_ signal: WakeSignal) {
        for id in signal.sleepers { wake(id) }
    }

    private func wake(_ id: Int) {
        guard let index = sleepers.firstIndex(where: { $0.id == id }) else { return }
        sleepers.remove(at: index).continuation.resume()
    }

    // MARK: Chance

    /// True with a probability of 0…1.
    func chance(_ probability: Double) -> Bool {
        Double.random(in: 0..<1, using: &random) < probability
    }

    func duration(_ range: ClosedRange<Double>) -> Duration {
        .seconds(Double.random(in: range, using: &random))
    }
}

/// Wakes the tasks that wait for an event.
final class WakeSignal: @unchecked Sendable {
    // Unchecked: only the simulation's thread accesses it.
    fileprivate(set) var sleepers: [Int] = []
}
