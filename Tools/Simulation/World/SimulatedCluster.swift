import Chunker
import Chunking
import Crypto
import Domain
import Embedding
import Flushing
import FoundationEssentials
import Indexing
import Logging
import Parsing
import Pipeline
import Reconciling
import ServiceLifecycleTestKit

/// Workers, reconcilers and clients over simulated services. The programs are the production code,
/// and a supervisor restarts those that end.
final class SimulatedCluster: @unchecked Sendable {
    // Unchecked: only the simulation's thread accesses it.

    let simulation: Simulation
    let faults: Faults
    let database: SimulatedDatabase
    let broker: SimulatedBroker
    let disk = SimulatedDisk()
    private let chunker: MarkdownChunker
    private let logger: Logger
    private(set) var processes: [SimulatedProcess] = []
    private var running = 0
    private var isClosing = false
    /// Jobs that were acknowledged to clients.
    private(set) var acknowledged: [JobID] = []
    /// Uploads that are scheduled or not yet acknowledged.
    private(set) var uploading = 0

    init(
        seed: UInt64, planted: PlantedFault, chunker: MarkdownChunker,
        trace: (@Sendable (String) -> Void)?
    ) {
        let simulation = Simulation(seed: seed)
        self.simulation = simulation
        self.chunker = chunker
        faults = Faults.drawn(simulation)
        database = SimulatedDatabase(simulation, faults, planted: planted)
        broker = SimulatedBroker(simulation, faults)
        logger = Logger(label: "simulation") { _ in TraceLog(simulation, trace) }
    }

    var isEmpty: Bool { running == 0 && uploading == 0 }

    /// Logs an event in a traced run.
    func log(_ message: @autoclosure () -> String) { logger.notice("\(message())") }

    // MARK: Programs

    func startWorkers() {
        for queue in WorkQueue.allCases {
            for number in 1...Int.random(in: 1...3, using: &simulation.random) {
                startWorker("\(queue.rawValue)-\(number)", queue)
            }
        }
        for number in 1...Int.random(in: 1...2, using: &simulation.random) {
            startReconciler("reconciler-\(number)")
        }
    }

    /// The number of a queue's running workers, and the sum of their slots.
    func workers(of queue: WorkQueue) -> (count: Int, slots: Int) {
        let workers = processes.filter { $0.queue == queue }
        return (workers.count, workers.reduce(0) { $0 + $1.slots })
    }

    private func startWorker(_ name: String, _ queue: WorkQueue) {
        let shutdown = Shutdown()
        let slots = Int.random(in: 1...4, using: &simulation.random)
        let process = SimulatedProcess(name: name, in: simulation, works: (queue, slots)) {
            shutdown.trigger()
        }
        let runner = QueueWorker(
            handler: handler(queue, process), store: store(process),
            receiver: SimulatedBroker.Receiver(broker, process, queue),
            sender: SimulatedBroker.Sender(broker: broker, process: process),
            configuration: QueueWorkerConfiguration(
                worker: name, slots: slots, idleWait: .seconds(10)),
            timing: process.timing, logger: named(name))
        launch(process) {
            await testGracefulShutdown { trigger in
                shutdown.arm(trigger.triggerGracefulShutdown)
                await runner.run()
            }
        } again: { [self] in
            startWorker(name, queue)
        }
    }

    private func startReconciler(_ name: String) {
        let process = SimulatedProcess(name: name, in: simulation)
        let reconciler = Reconciler(
            store: store(process), sender: SimulatedBroker.Sender(broker: broker, process: process),
            blobs: SimulatedBlobs(disk, process),
            configuration: .init(repairInterval: .seconds(5), pageSize: 5),
            timing: process.timing, logger: named(name))
        launch(process) {
            await reconciler.run()
        } again: { [self] in
            startReconciler(name)
        }
    }

    private func launch(
        _ process: SimulatedProcess, _ program: @escaping @Sendable () async -> Void,
        again: @escaping @Sendable () -> Void
    ) {
        log("\(process.name) starts")
        processes.append(process)
        running += 1
        let isOver = { @Sendable [self] in
            processes.removeAll { $0 === process }
            running -= 1
            guard !isClosing else { return }
            simulation.start { [self] in
                await simulation.sleep(simulation.duration(0.5...10))
                if !isClosing { again() }
            }
        }
        process.whenItDies(isOver)
        process.run(program, ended: isOver)
    }

    private func store(_ process: SimulatedProcess) -> SimulatedStore {
        SimulatedStore(database: database, process: process)
    }

    private func named(_ name: String) -> Logger {
        var logger = logger
        logger[metadataKey: "program"] = "\(name)"
        return logger
    }

    private func handler(_ queue: WorkQueue, _ process: SimulatedProcess) -> any JobHandler {
        let store = store(process)
        let blobs = SimulatedBlobs(disk, process)
        let services = ServiceFaults(process: process, faults: faults)
        switch queue {
        case .parse:
            return ParseHandler(
                store: store, blobs: blobs, inspector: SimulatedInspector(disk: disk),
                parser: SimulatedParser(disk: disk, services: services) { [database] path in
                    database.tables.all.first { $0.submission.rawPath.key == path }?
                        .submission.kind ?? .healthy
                })
        case .chunk: return ChunkHandler(store: store, blobs: blobs, chunker: chunker)
        case .embed:
            return EmbedHandler(store: store, embedder: SimulatedEmbedder(services: services))
        case .flush:
            let index = IndexMaintainer(store: NoIndex(), logger: logger)
            return FlushHandler(
                store: store, vacuum: BufferVacuum(logger: logger) {}, index: index)
        }
    }

    /// Kills all processes without restarting them.
    func close() {
        isClosing = true
        for process in processes { process.kill() }
    }

    // MARK: Clients

    func newTenant() -> TenantID { TenantID(uuid()) }

    /// Uploads a document after some time and retries until it is acknowledged.
    func upload(
        _ text: String, _ kind: Submission.Kind, as tenant: TenantID, after time: Duration = .zero
    ) {
        let bytes = Array(text.utf8)
        uploading += 1
        simulation.start { [self] in
            await simulation.sleep(time)
            let api = SimulatedProcess(name: "ingest-api", in: simulation)
            while !isClosing {
                let submission = Submission(
                    document: DocumentID(uuid()), job: JobID(uuid()), tenant: tenant, bytes: bytes,
                    sha256: SHA256.hash(data: bytes).hexadecimal, kind: kind)
                if let job = await accept(submission, api) {
                    acknowledged.append(job)
                    // The reconciler sends the hint when this fails.
                    let sender = SimulatedBroker.Sender(broker: broker, process: api)
                    _ = try? await sender.send([job], to: .parse)
                    break
                }
                await simulation.sleep(simulation.duration(1...10))
            }
            uploading -= 1
        }
    }

    /// Uploads once and returns the job. Returns `nil` if the client receives an error, even if the
    /// upload took effect.
    private func accept(_ submission: Submission, _ api: SimulatedProcess) async -> JobID? {
        do {
            try await SimulatedBlobs(disk, api).put(submission.bytes, at: submission.rawPath)
            return try await database.transaction(of: api, isSafe: true) {
                $0.insert(submission, at: simulation.now)
            }
        } catch {
            return nil
        }
    }

    private func uuid() -> UUID { database.freshToken().uuid }
}

/// Triggers the shutdown of a program, or does nothing if the program has not started.
private final class Shutdown: @unchecked Sendable {
    // Unchecked: only the simulation's thread accesses it.
    private var action: (() -> Void)?
    func arm(_ action: @escaping () -> Void) { self.action = action }
    func trigger() { action?() }
}

/// Writes log lines with the virtual time.
private struct TraceLog: LogHandler {
    private let simulation: Simulation
    private let trace: (@Sendable (String) -> Void)?
    var logLevel: Logger.Level
    var metadata: Logger.Metadata = [:]
    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    init(_ simulation: Simulation, _ trace: (@Sendable (String) -> Void)?) {
        self.simulation = simulation
        self.trace = trace
        logLevel = trace == nil ? .critical : .debug
    }

    func log(event: LogEvent) {
        let merged = metadata.merging(event.metadata ?? [:]) { $1 }
        let details = merged.map { "\($0)=\($1)" }.sorted().joined(separator: " ")
        trace?("\(simulation.now / .seconds(1)) s  \(event.message)  \(details)")
    }
}
