import Domain
import Pipeline

/// A broker that stores hints in memory, and loses, doubles, delays and reorders them.
final class SimulatedBroker: @unchecked Sendable {
    // Unchecked: only the simulation's thread accesses it.

    private let simulation: Simulation
    private let faults: Faults
    private var topics: [[JobID]] = WorkQueue.allCases.map { _ in [] }
    private let signals = WorkQueue.allCases.map { _ in WakeSignal() }
    var isUp = true

    init(_ simulation: Simulation, _ faults: Faults) {
        self.simulation = simulation
        self.faults = faults
    }

    /// Deletes all hints.
    func wipe() { topics = topics.map { _ in [] } }

    fileprivate func put(_ job: JobID, on queue: WorkQueue) {
        topics[queue.index].append(job)
        simulation.raise(signals[queue.index])
    }

    /// Removes and returns up to `max` hints of a queue, in random order if they are reordered.
    fileprivate func take(_ max: Int, from queue: WorkQueue) -> [JobID] {
        var taken: [JobID] = []
        while taken.count < max, !topics[queue.index].isEmpty {
            let count = UInt64(topics[queue.index].count)
            let index =
                simulation.chance(faults.reordered)
                ? Int(simulation.random.next(upperBound: count)) : 0
            taken.append(topics[queue.index].remove(at: index))
        }
        return taken
    }

    fileprivate func waitForHints(on queue: WorkQueue, _ limit: Duration) async {
        guard topics[queue.index].isEmpty else { return }
        await simulation.sleep(limit, orUntil: signals[queue.index])
    }

    /// The sender of one process.
    struct Sender: HintSender {
        let broker: SimulatedBroker
        let process: SimulatedProcess

        func send(_ jobs: [JobID], to queue: WorkQueue) async throws(JobFailure) {
            let simulation = broker.simulation
            try await process.pass()
            await simulation.sleep(simulation.duration(0.001...0.01))
            guard broker.isUp else {
                await simulation.sleep(.seconds(5))
                throw .transient(.queue(.unavailable), "the broker is unavailable")
            }
            for job in jobs where !simulation.chance(broker.faults.lost) {
                broker.put(job, on: queue)
                if simulation.chance(broker.faults.doubled) { broker.put(job, on: queue) }
            }
            try await process.pass()
        }
    }

    /// The receiver of one process. Hints that it has not acknowledged when it dies come again.
    final class Receiver: HintReceiver, @unchecked Sendable {
        // Unchecked: only the simulation's thread accesses it.
        private let broker: SimulatedBroker
        private let process: SimulatedProcess
        private let queue: WorkQueue
        private var pending: [JobID] = []
        private var isPaused = false

        init(_ broker: SimulatedBroker, _ process: SimulatedProcess, _ queue: WorkQueue) {
            self.broker = broker
            self.process = process
            self.queue = queue
            process.whenItDies { [self] in for job in pending { broker.put(job, on: queue) } }
        }

        func next(max: Int, wait: Duration) async throws(JobFailure) -> HintBatch {
            try await process.pass()
            if isPaused || !broker.isUp {
                await broker.simulation.sleep(wait)
            } else {
                await broker.waitForHints(on: queue, wait)
            }
            try await process.pass()
            guard !isPaused, broker.isUp, !Task.isCancelled else { return HintBatch(jobs: []) }
            pending = broker.take(max, from: queue)
            return HintBatch(jobs: pending) { [self] () throws(JobFailure) in
                guard !process.isDead else {
                    throw .transient(.worker(.cancelled), "\(process.name) is dead")
                }
                pending = []
            }
        }

        func stopFetching() async { isPaused = true }
        func startFetching() async { isPaused = false }
    }
}

extension WorkQueue {
    var index: Int { WorkQueue.allCases.firstIndex(of: self)! }
}
