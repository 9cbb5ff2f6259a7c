import LocalCluster
import FoundationEssentials
import Glibc
import TestCluster

/// Starts, shuts down, crashes and wipes PostgreSQL and, if configured, Apache Kafka.
@MainActor
final class Servers {
    let database: TrialDatabase
    let kafka: KafkaServer?
    let postgresPort: Int
    private let postgres: EmbeddedPostgres
    private var child: ChildProcess?

    init(_ plan: ChaosPlan) throws {
        postgresPort = try FreePort.find()
        postgres = try EmbeddedPostgres(
            runtime: plan.runtime + "/postgres", directory: plan.directory + "/postgres",
            port: postgresPort, password: "chaos", log: plan.directory + "/postgres.log")
        database = TrialDatabase(url: postgres.url)
        kafka = try plan.kafkaHome.map {
            try KafkaServer(home: $0, directory: plan.directory + "/kafka")
        }
    }

    /// URL of the database through another port.
    func url(port: Int) -> String {
        postgres.url.replacing(":\(postgresPort)/", with: ":\(port)/")
    }

    func start() async throws {
        try startPostgres()
        try await database.migrate()
        if let kafka { try await kafka.start() }
    }

    func startPostgres() throws {
        // After a crash, the server's processes may need a moment to release its shared memory.
        for attempt in 1... {
            do {
                child = try postgres.start(within: 120)
                return
            } catch {
                guard attempt < 5 else { throw error }
                usleep(500_000)
            }
        }
    }

    /// Ends the server. SIGINT shuts it down with rollbacks, SIGQUIT makes it crash.
    func stopPostgres(_ signal: Int32) {
        child?.signal(signal)
        _ = child?.wait(seconds: 60)
    }

    /// Kills one client backend. The server then ends all the others and recovers.
    func crashBackend() async -> Bool {
        let backend = """
            SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend'
                AND pid <> pg_backend_pid() ORDER BY random() LIMIT 1
            """
        // The server may be down.
        guard let pid = try? await database.texts(backend).first, let number = Int32(pid) else {
            return false
        }
        return kill(number, SIGKILL) == 0
    }

    func unfinished() async throws -> Int {
        let counts = try await database.texts(
            "SELECT count(*) FROM upload_pipeline.upload_jobs WHERE finished_at IS NULL")
        return counts.first.flatMap { Int($0) } ?? 0
    }

    func stop() async {
        await database.close()
        stopPostgres(SIGINT)
        kafka?.kill()
    }
}

/// One node of Apache Kafka, broker and controller in one process.
@MainActor
final class KafkaServer {
    let port: Int
    private let controllerPort: Int
    private let home: String
    private let directory: String
    private var child: ChildProcess?

    init(home: String, directory: String) throws {
        self.home = home
        self.directory = directory
        port = try FreePort.find()
        controllerPort = try FreePort.find(excluding: [port])
    }

    func start() async throws {
        try FileManager.default.createDirectory(
            atPath: directory, withIntermediateDirectories: true)
        let configuration = directory + "/server.properties"
        try Data(properties.utf8).write(to: URL(filePath: configuration))
        if !FileManager.default.fileExists(atPath: directory + "/data") {
            let format = try run(
                "kafka-storage.sh",
                ["format", "-t", "5L6g3nShT-eMCtK--X86sw", "-c", configuration])
            while format.poll() == nil { try await Task.sleep(for: .milliseconds(50)) }
            guard format.exit == .code(0) else {
                throw TrialFailure("kafka-storage.sh failed; see \(directory)/kafka.log")
            }
        }
        child = try run("kafka-server-start.sh", [configuration])
        let end = ContinuousClock.now + .seconds(60)
        while FreePort.isFree(port) {
            guard ContinuousClock.now < end, child?.poll() == nil else {
                throw TrialFailure("Kafka did not start; see \(directory)/kafka.log")
            }
            try await Task.sleep(for: .milliseconds(100))
        }
    }

    func kill() {
        child?.signal(SIGKILL)
        _ = child?.wait(seconds: 30)
    }

    /// Deletes everything: topics, messages, offsets.
    func wipe() throws { try FileManager.default.removeItem(atPath: directory + "/data") }

    private func run(_ program: String, _ arguments: [String]) throws -> ChildProcess {
        let environment = ProcessInfo.processInfo.environment
        return try ChildProcess.start(
            ProcessSpecification(
                executable: "\(home)/bin/\(program)", arguments: arguments,
                environment: [
                    "PATH": environment["PATH"] ?? "/usr/bin:/bin",
                    "JAVA_HOME": environment["JAVA_HOME"] ?? "",
                    "KAFKA_HEAP_OPTS": "-Xmx1g", "LOG_DIR": directory + "/log",
                ].filter { !$0.value.isEmpty }, log: directory + "/kafka.log"))
    }

    private var properties: String {
        """
        process.roles=broker,controller
        node.id=1
        controller.quorum.voters=1@127.0.0.1:\(controllerPort)
        listeners=PLAINTEXT://127.0.0.1:\(port),CONTROLLER://127.0.0.1:\(controllerPort)
        advertised.listeners=PLAINTEXT://127.0.0.1:\(port)
        controller.listener.names=CONTROLLER
        log.dirs=\(directory)/data
        num.partitions=8
        offsets.topic.replication.factor=1
        transaction.state.log.replication.factor=1
        transaction.state.log.min.isr=1
        group.initial.rebalance.delay.ms=0
        broker.session.timeout.ms=3000
        """
    }
}
