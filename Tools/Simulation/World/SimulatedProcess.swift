import Domain
import Pipeline

/// A program of the simulated cluster, which can be frozen and killed at any moment.
///
/// A killed process can no longer reach any service, so its remaining tasks have no effect.
final class SimulatedProcess: @unchecked Sendable {
    // Unchecked: only the simulation's thread accesses it.

    let name: String
    let simulation: Simulation
    /// The queue of a worker, and its slots; `nil` and 0 for other programs.
    let queue: WorkQueue?
    let slots: Int
    /// The key of the process's session in the database.
    var session: Int64 { Int64(Int(bitPattern: ObjectIdentifier(self))) }
    private(set) var isDead = false
    private(set) var isFrozen = false
    private var thaw: [CheckedContinuation<Void, Never>] = []
    private var task: Task<Void, Never>?
    private var onDeath: [() -> Void] = []
    private let shutdown: () -> Void

    /// - Parameters:
    ///   - works: the queue and the slots of a worker.
    ///   - shutdown: the effect of SIGTERM.
    init(
        name: String, in simulation: Simulation, works: (queue: WorkQueue, slots: Int)? = nil,
        shutdown: @escaping () -> Void = {}
    ) {
        self.name = name
        queue = works?.queue
        slots = works?.slots ?? 0
        self.simulation = simulation
        self.shutdown = shutdown
    }

    /// Runs the program. Calls `ended` when it ends by itself.
    func run(
        _ program: @escaping @Sendable () async -> Void, ended: @escaping @Sendable () -> Void
    ) {
        task = simulation.start { [weak self] in
            await program()
            guard let self, !self.isDead else { return }
            self.isDead = true
            ended()
        }
    }

    func whenItDies(_ action: @escaping () -> Void) { onDeath.append(action) }

    /// Every call to a service goes through here. Waits while the process is frozen, and throws if
    /// it is dead.
    func pass() async throws(JobFailure) {
        while isFrozen, !isDead {
            await withCheckedContinuation { thaw.append($0) }
        }
        if isDead { throw .transient(.worker(.cancelled), "\(name) is dead") }
    }

    func kill() {
        guard !isDead else { return }
        isDead = true
        wakeUp()
        task?.cancel()
        for action in onDeath { action() }
        onDeath = []
    }

    func freeze() { isFrozen = true }

    func unfreeze() {
        isFrozen = false
        wakeUp()
    }

    func terminate() { shutdown() }

    private func wakeUp() {
        let waiting = thaw
        thaw = []
        for continuation in waiting { continuation.resume() }
    }

    /// The clock and the random numbers of this process.
    var timing: Timing {
        let simulation = simulation
        return Timing(
            now: { simulation.now },
            sleep: { [self] duration in
                await simulation.sleep(duration)
                // A dead process continues for a moment, without effect.
                _ = try? await pass()
            },
            random: { Double.random(in: 0...1, using: &simulation.random) })
    }
}
