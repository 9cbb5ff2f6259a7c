import LocalCluster
import FoundationEssentials
import Glibc
import Postgres
import TestSupport
import Testing

/// A cluster of real processes in its own directory, operated by the command line alone.
struct Cluster: Sendable {
    let directory: String
    let environment: [String: String]

    /// `KAFKA_BOOTSTRAP_SERVERS`: an external Kafka that creates topics on first use; `nil` for the
    /// embedded broker.
    static let kafkaBrokers = ProcessInfo.processInfo.environment["KAFKA_BOOTSTRAP_SERVERS"]

    /// Starts a cluster, runs `body`, and stops the cluster.
    ///
    /// - Parameters:
    ///   - settings: settings of its programs. The default lease is six seconds, so that the work
    ///     of a killed program is soon taken over.
    ///   - prepare: called with the cluster before it starts.
    static func lend(
        _ settings: [String: String] = [:], prepare: (Cluster) async throws -> Void = { _ in },
        _ body: (Cluster) async throws -> Void
    ) async throws {
        let cluster = try Cluster(settings)
        defer { try? FileManager.default.removeItem(atPath: cluster.directory) }
        do {
            try await prepare(cluster)
            let kafka = kafkaBrokers.map { ["--kafka-brokers", $0] } ?? []
            try await cluster.run(["up"] + kafka).succeeded()
            try await body(cluster)
        } catch {
            try await cluster.run("down").succeeded()
            throw error
        }
        try await cluster.run("down").succeeded()
    }

    private init(_ settings: [String: String]) throws {
        // The database runs as another user, which must be able to enter this directory.
        directory = "/var/tmp/millrace-cluster-\(UUID().uuidString.prefix(8).lowercased())"
        try FileManager.default.createDirectory(
            atPath: directory, withIntermediateDirectories: true)
        environment = [
            "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
            "MILLRACE_RUNTIME": Runtime.path, "MILLRACE_LEASE": "6s",
            "MILLRACE_HEARTBEAT_INTERVAL": "2s",
            "MILLRACE_RETRY_BASE": "250ms",
            "MILLRACE_TOPIC_PREFIX": Self.kafkaBrokers == nil
                ? "millrace" : "test-\(UUID().uuidString.prefix(8).lowercased())",
        ].merging(settings) { $1 }
    }

    var layout: ClusterLayout {
        ClusterLayout(
            root: directory, runtime: Runtime.path,
            programs: String(Runtime.program("millrace").dropLast("/millrace".count)))
    }

    /// Runs a command of `millrace` on this cluster.
    func run(_ command: String...) async throws -> Outcome { try await run(command) }

    func run(_ command: [String]) async throws -> Outcome {
        let log = directory + "/output-\(UUID().uuidString.lowercased())"
        let specification = ProcessSpecification(
            executable: Runtime.program("millrace"),
            arguments: [command[0]] + command.dropFirst() + ["--directory", directory],
            environment: environment, log: log)
        let child = try ProcessBox(specification)
        let exit = try await onOwnThread { child.wait() }
        let output = String(
            decoding: FileManager.default.contents(atPath: log) ?? Data(), as: UTF8.self)
        try? FileManager.default.removeItem(atPath: log)
        return Outcome(command: command, exit: exit, output: output)
    }

    /// The first column of a query on the cluster's database, as text. Runs as the owner.
    func texts(_ sql: String) async throws -> [String] {
        let record = try #require(try ClusterRecord.read(layout))
        let pool = PostgresPool(PostgresConfiguration(conninfo: record.postgresURL(of: .owner)))
        let rows = try await pool.query(PostgresStatement("SELECT t::text FROM (\(sql)) AS q (t)"))
        let texts: [String] = try rows.map { try $0.decode(0) }
        await pool.close()
        return texts
    }

    /// Kills a process and waits until its supervisor has replaced it.
    func kill(_ name: String) async throws {
        let before = try #require(try process(name))
        Glibc.kill(before.identity.pid, SIGKILL)
        while try process(name)?.identity.pid == before.identity.pid {
            try await Task.sleep(for: .milliseconds(20))
        }
    }

    func process(_ name: String) throws -> ClusterState.Process? {
        try ClusterState.read(layout)?.processes.first { $0.name == name }
    }

    /// Writes files to submit and returns their folder.
    func write(_ files: [String: [UInt8]]) throws -> String {
        let folder = directory + "/documents-\(UUID().uuidString.prefix(8))"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        for (name, bytes) in files {
            try Data(bytes).write(to: URL(filePath: "\(folder)/\(name)"))
        }
        return folder
    }
}

/// How a command ended.
struct Outcome: Sendable {
    let command: [String]
    let exit: ProcessExit?
    let output: String

    /// Fails the test when the command failed.
    @discardableResult
    func succeeded(sourceLocation: SourceLocation = #_sourceLocation) throws -> String {
        try #require(
            exit == .code(0), "\(command): \(String(describing: exit))\n\(output)",
            sourceLocation: sourceLocation)
        return output
    }
}

/// A child process that only one thread at a time uses.
private final class ProcessBox: @unchecked Sendable {
    private let child: ChildProcess

    init(_ specification: ProcessSpecification) throws {
        child = try ChildProcess.start(specification)
    }

    /// Waits at most five minutes.
    func wait() -> ProcessExit? { child.wait(seconds: 300) }
}
