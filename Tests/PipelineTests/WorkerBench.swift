import Domain
import JobStorePostgres
import Kafka
import KafkaHints
import Pipeline
import ServiceLifecycle
import Synchronization
import TestSupport

/// A handler whose work a test scripts.
struct ScriptedHandler: JobHandler {
    var queue = WorkQueue.parse
    private let script: @Sendable (ClaimedJob, Progress) async throws(JobFailure) -> Void

    init(
        queue: WorkQueue = .parse,
        _ script: @escaping @Sendable (ClaimedJob) async throws(JobFailure) -> Void
    ) {
        self.init(queue: queue) { job, _ throws(JobFailure) in try await script(job) }
    }

    init(
        queue: WorkQueue = .parse,
        _ script: @escaping @Sendable (ClaimedJob, Progress) async throws(JobFailure) -> Void
    ) {
        self.queue = queue
        self.script = script
    }

    func work(on job: ClaimedJob, _ progress: Progress) async throws(JobFailure) {
        try await script(job, progress)
    }
}

/// Runs a queue's worker on a real database and a real broker, with work that a test scripts.
struct WorkerBench {
    let database: TestDatabase
    let broker: TestBroker
    let topics: Topics
    /// How long a worker waits for hints before it polls the table.
    var idleWait = Duration.milliseconds(50)
    var slots = 4
    var terms = ClaimTerms()
    var heartbeatInterval = Duration.milliseconds(50)
    var drainGrace = Duration.seconds(60)
    var retry = RetryPolicy(base: .seconds(100), cap: .seconds(1000))

    /// Lends a bench with a database and topics of its own.
    static func lend<R: Sendable>(_ body: (WorkerBench) async throws -> R) async throws -> R {
        try await TestDatabase.lend { database in
            let topics = Topics(prefix: TestBroker.uniqueName())
            let names = WorkQueue.allCases.map(topics.name) + [topics.deadletter]
            let broker = try TestBroker(topics: names)
            return try await body(
                WorkerBench(database: database, broker: broker, topics: topics))
        }
    }

    /// Runs a worker during `body`, then shuts it down and waits for its end.
    ///
    /// - Parameter body: receives a closure that begins the shutdown early.
    func run<R: Sendable>(
        _ handler: ScriptedHandler, receiver: (any HintReceiver)? = nil,
        while body: (@Sendable () async -> Void) async throws -> R
    ) async throws -> R {
        let producer = try broker.producer()
        let consumer = try broker.consumer(
            group: topics.prefix, topics: [topics.name(of: handler.queue)])
        let runner = QueueWorker(
            handler: handler, store: database.store,
            receiver: receiver
                ?? KafkaHintReceiver(
                    consumer, rejectsTo: producer, queue: handler.queue, topics: topics,
                    logger: TestBroker.silent),
            sender: KafkaHintSender(producer, topics: topics),
            configuration: QueueWorkerConfiguration(
                worker: "bench", slots: slots, terms: terms,
                heartbeatInterval: heartbeatInterval, idleWait: idleWait,
                drainGrace: drainGrace, retry: retry), logger: TestBroker.silent)
        let group = ServiceGroup(services: [runner], logger: TestBroker.silent)
        let running = Task { try await group.run() }
        let outcome: Result<R, any Error>
        do {
            outcome = .success(
                try await body {
                    await group.triggerGracefulShutdown()
                    // From here on it claims nothing more.
                    while !runner.isStopping { await Task.yield() }
                })
        } catch {
            outcome = .failure(error)
        }
        await group.triggerGracefulShutdown()
        try await running.value
        await consumer.close()
        await producer.close()
        return try outcome.get()
    }

    /// The longest time that a member from `member()` may go without polling or a heartbeat.
    static let memberTimeout = Duration.seconds(12)

    /// One of several members that share the hints of a queue.
    func member(of queue: WorkQueue = .parse) throws -> KafkaConsumer {
        try broker.consumer(
            group: topics.prefix + "-shared", topics: [topics.name(of: queue)],
            [
                "max.poll.interval.ms": "\(Self.memberTimeout.components.seconds * 1000)",
                "session.timeout.ms": "\(Self.memberTimeout.components.seconds * 1000)",
            ])
    }

    func receiver(_ member: KafkaConsumer, of queue: WorkQueue = .parse) throws
        -> KafkaHintReceiver
    {
        KafkaHintReceiver(
            member, rejectsTo: try broker.producer(), queue: queue, topics: topics,
            logger: TestBroker.silent)
    }

    func hint(_ jobs: [JobID], to queue: WorkQueue = .parse) async throws {
        let producer = try broker.producer()
        try await KafkaHintSender(producer, topics: topics).send(jobs, to: queue)
        await producer.close()
    }

    /// Sends a message with any content to a queue's topic.
    func put(_ value: [UInt8], on queue: WorkQueue = .parse) async throws {
        let producer = try broker.producer()
        try await producer.send([KafkaRecord(value: value)], to: topics.name(of: queue))
        await producer.close()
    }

    /// Waits until a job is at a position; the test's time limit bounds the wait.
    func wait(for job: JobID, at position: String) async throws {
        while try await database.position(job) != position {
            try await Task.sleep(for: .milliseconds(10))
        }
    }

    /// One value of a job's row, as text; `nil` for NULL.
    func value(_ column: String, of job: JobID) async throws -> String? {
        try await database.texts(
            "SELECT coalesce((\(column))::text, 'NULL') FROM upload_pipeline.upload_jobs "
                + "WHERE job_id = '\(job)'"
        ).first.flatMap { $0 == "NULL" ? nil : $0 }
    }
}

/// A receiver whose broker is unreachable.
struct UnreachableReceiver: HintReceiver {
    func next(max: Int, wait: Duration) async throws(JobFailure) -> HintBatch {
        throw .transient(.queue(.unavailable), "no broker")
    }
    func stopFetching() async {}
    func startFetching() async {}
}

/// Holds work back until a test opens it.
final class Gate: Sendable {
    private let state = Mutex((isOpen: false, waiting: 0, most: 0))

    /// How many wait at the gate now.
    var waiting: Int { state.withLock { $0.waiting } }
    /// The most that ever waited at the same time.
    var most: Int { state.withLock { $0.most } }

    func open() { state.withLock { $0.isOpen = true } }

    /// Returns once the gate is open; throws when the task is cancelled.
    func pass() async throws(CancellationError) {
        state.withLock {
            $0.waiting += 1
            $0.most = max($0.most, $0.waiting)
        }
        defer { state.withLock { $0.waiting -= 1 } }
        while !state.withLock({ $0.isOpen }) {
            do {
                try await Task.sleep(for: .milliseconds(2))
            } catch {
                throw CancellationError()
            }
        }
    }

    /// Returns once this many wait at the gate.
    func reached(by count: Int) async throws {
        while waiting < count { try await Task.sleep(for: .milliseconds(2)) }
    }
}

extension JobFailure {
    /// The failure of work that was cancelled.
    static let cancelled = JobFailure.transient(.worker(.cancelled), "the work was cancelled")
}
