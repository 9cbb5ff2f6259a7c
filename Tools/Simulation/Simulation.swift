// Simulation: the real stage code on a virtual clock, in a world of simulated services.
//
// Invariants: one thread runs everything, and every choice comes from one seed, so that a run can be
// repeated exactly; time passes only when nobody has anything to do.
// Neighbours: StageRunner, Reconciler and the stages' handlers, which are the production code; the
// database decides by Domain's JobRow, to which ConformanceTests holds the SQL.

import Pipeline

/// An executor with a clock of its own. Among tasks that could go on it picks one by chance; when
/// there is none, it moves its clock to the next that wakes.
final class Simulation: TaskExecutor, @unchecked Sendable {
    // Unchecked: whatever is simulated prefers this executor, which runs on one thread.

    private struct Sleeper {
        let id: Int
        let wakesAt: Duration
        let continuation: CheckedContinuation<Void, Never>
    }

    private(set) var now = Duration.zero
    private(set) var steps = 0
    var random: SeededGenerator
    private var ready: [UnownedJob] = []
    /// The soonest last.
    private var sleepers: [Sleeper] = []
    private var lastSleeper = 0

    init(seed: UInt64) { random = SeededGenerator(seed: seed) }

    func enqueue(_ job: consuming ExecutorJob) { ready.append(UnownedJob(job)) }

    /// Starts a task of the simulated world.
    @discardableResult
    func start(_ body: @escaping @Sendable () async -> Void) -> Task<Void, Never> {
        Task(executorPreference: self) { await body() }
    }

    /// Runs until a condition holds; false when everybody waits for nothing, or after `stepsMax`.
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

    /// Sleeps in virtual time; returns early when the task is cancelled or the bell rings.
    func sleep(_ duration: Duration, orUntil bell: Bell? = nil) async {
        lastSleeper += 1
        let id = lastSleeper
        bell?.sleepers.append(id)
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
        bell?.sleepers.removeAll { $0 == id }
    }

    func ring(_ bell: Bell) {
        for id in bell.sleepers { wake(id) }
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

/// Wakes those who sleep until something happens.
final class Bell: @unchecked Sendable {
    // Unchecked: touched by the simulation's thread alone.
    fileprivate(set) var sleepers: [Int] = []
}

/// SplitMix64: the numbers of a seed, the same on every machine.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    /// Neighbouring seeds begin far from one another.
    init(seed: UInt64) { state = Self.mixed(seed) }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        return Self.mixed(state)
    }

    private static func mixed(_ value: UInt64) -> UInt64 {
        var z = value
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
