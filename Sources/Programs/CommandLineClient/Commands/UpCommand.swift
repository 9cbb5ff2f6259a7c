import ArgumentParser
import LocalCluster
import FoundationEssentials
import Glibc

/// `millrace up`
struct UpCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "up",
        abstract: "Starts the whole cluster on this machine and waits until it is ready.")

    @OptionGroup var cluster: ClusterOptions
    @Option(help: "Number of parse-workers (default: that of the last start, at first 2).")
    var parseWorkers: Int?
    @Option(help: "Number of chunk-workers (default: that of the last start, at first 2).")
    var chunkWorkers: Int?
    @Option(help: "Number of embed-workers (default: that of the last start, at first 2).")
    var embedWorkers: Int?
    @Option(help: "Number of flushers (default: that of the last start, at first 1).")
    var flushers: Int?
    @Option(
        help: """
            The API's port (MILLRACE_HTTP_PORT; default: that of the last start, at first 8080, or \
            another one while that is in use).
            """)
    var httpPort: Int?
    @Option(
        help: "Use this Kafka (host:port, separated by commas) instead of the embedded broker.")
    var kafkaBrokers: String?
    @Flag(help: "Supervise the cluster in the foreground, until SIGTERM.") var foreground = false

    func validate() throws {
        let counts = [parseWorkers, chunkWorkers, embedWorkers, flushers].compactMap { $0 }
        guard counts.allSatisfy({ (0...64).contains($0) }) else {
            throw ValidationError("The number of each program must be between 0 and 64.")
        }
        guard (1...65_535).contains(httpPort ?? 1) else {
            throw ValidationError("--http-port must be between 1 and 65535.")
        }
    }

    func run() async throws {
        let layout = cluster.layout
        let wantedPort = try requestedPort()
        let record = try ClusterRecord.read(layout)
        let size = size(asIn: record?.size ?? ClusterSize())
        if foreground { return try await supervise(layout, size: size, port: wantedPort) }
        let supervisor = ProcessSpecification(
            executable: ClusterOptions.executable,
            arguments: arguments(layout, size: size, port: wantedPort),
            environment: ProcessInfo.processInfo.environment)
        let isNew = try await onOwnThread { () throws(ClusterError) in
            try ClusterControl(layout: layout).up(supervisor: supervisor) { Output.line($0) }
        }
        guard let record = try ClusterRecord.read(layout) else { return }
        Output.line(isNew ? "The cluster is up." : "The cluster is already up.")
        Output.line("API: \(record.apiURL)    logs: \(layout.logs)")
        let wanted = wantedPort ?? record.wantedHTTPPort ?? ClusterRecord.defaultHTTPPort
        if isNew, record.httpPort != wanted {
            Output.line("Port \(wanted) is in use by another program, so the API has another one.")
        } else if !isNew, record.size != size || record.httpPort != wantedPort ?? record.httpPort {
            Output.line("It keeps its size and port. To change them, run 'millrace down' first.")
        }
    }

    /// The port requested by flag or environment.
    private func requestedPort() throws -> Int? {
        if let httpPort { return httpPort }
        guard let text = EnvironmentVariable.httpPort.value else { return nil }
        guard let port = Int(text), (1...65_535).contains(port) else {
            throw UserError("MILLRACE_HTTP_PORT must be between 1 and 65535, not '\(text)'.")
        }
        return port
    }

    private func size(asIn last: ClusterSize) -> ClusterSize {
        ClusterSize(
            parseWorkers: parseWorkers ?? last.parseWorkers,
            chunkWorkers: chunkWorkers ?? last.chunkWorkers,
            embedWorkers: embedWorkers ?? last.embedWorkers, flushers: flushers ?? last.flushers)
    }

    private func arguments(
        _ layout: ClusterLayout, size: ClusterSize, port: Int?
    ) -> [String] {
        [
            "up", "--foreground", "--directory", layout.root, "--programs", layout.programs,
            "--parse-workers", "\(size.parseWorkers)", "--chunk-workers", "\(size.chunkWorkers)",
            "--embed-workers", "\(size.embedWorkers)", "--flushers", "\(size.flushers)",
        ] + (port.map { ["--http-port", "\($0)"] } ?? [])
            + (kafkaBrokers.map { ["--kafka-brokers", $0] } ?? [])
    }

    private func supervise(
        _ layout: ClusterLayout, size: ClusterSize, port: Int?
    ) async throws {
        let migrate = ProcessPlan.Entry(
            "migrate", program: ClusterOptions.executable, arguments: ["migrate"], user: .owner)
        let plan = ProcessPlan(size: size, kafkaBrokers: kafkaBrokers)
        let environment = ProcessInfo.processInfo.environment
        try await onOwnThread { () throws(ClusterError) in
            let supervisor = try Supervisor(
                layout: layout, size: size, httpPort: port, plan: plan, migrate: migrate,
                environment: environment,
                signals: try Signals([SIGTERM, SIGINT, SIGHUP, SIGCHLD])
            ) { Output.line("\(Date.now.formatted(.iso8601)) \($0)") }
            try supervisor.run()
        }
    }
}

/// `millrace down`
struct DownCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "down",
        abstract: "Stops the cluster of this machine and keeps its data.")

    @OptionGroup var cluster: ClusterOptions

    func run() async throws {
        let layout = cluster.layout
        let names = try await onOwnThread { () throws(ClusterError) in
            try ClusterControl(layout: layout).down()
        }
        Output.line(
            names.isEmpty
                ? "Nothing was running." : "Stopped \(names.count) processes. The data are kept.")
    }
}
