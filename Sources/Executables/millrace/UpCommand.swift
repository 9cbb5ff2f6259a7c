import ArgumentParser
import EmbeddedCluster
import FoundationEssentials
import Glibc

/// `millrace up`
struct Up: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Starts the whole cluster on this machine and waits until it is ready.")

    @OptionGroup var cluster: ClusterOptions
    @Option(help: "How many parse-workers.") var parseWorkers = 2
    @Option(help: "How many chunk-workers.") var chunkWorkers = 2
    @Option(help: "How many embed-workers.") var embedWorkers = 2
    @Option(help: "How many flushers.") var flushers = 1
    @Option(
        help: "Use this Kafka (host:port, separated by commas) instead of the embedded broker.")
    var kafkaBrokers: String?
    @Flag(help: "Stay and supervise, until SIGTERM.") var foreground = false

    func validate() throws {
        let counts = [parseWorkers, chunkWorkers, embedWorkers, flushers]
        guard counts.allSatisfy({ (0...64).contains($0) }) else {
            throw ValidationError("Of each program, 0 to 64 can run.")
        }
    }

    func run() async throws {
        let layout = cluster.layout
        if foreground { return try await supervise(layout) }
        let supervisor = ProcessSpecification(
            executable: ClusterOptions.executable, arguments: arguments(layout),
            environment: ProcessInfo.processInfo.environment)
        let isNew = try await onOwnThread { () throws(ClusterError) in
            try ClusterControl(layout: layout).up(supervisor: supervisor) { Output.line($0) }
        }
        guard let record = try ClusterRecord.read(layout) else { return }
        Output.line(isNew ? "The cluster is up." : "The cluster was up already.")
        Output.line("API: \(record.apiURL)    logs: \(layout.logs)")
    }

    private func arguments(_ layout: ClusterLayout) -> [String] {
        [
            "up", "--foreground", "--directory", layout.root, "--programs", layout.programs,
            "--parse-workers", "\(parseWorkers)", "--chunk-workers", "\(chunkWorkers)",
            "--embed-workers", "\(embedWorkers)", "--flushers", "\(flushers)",
        ] + (kafkaBrokers.map { ["--kafka-brokers", $0] } ?? [])
    }

    private func supervise(_ layout: ClusterLayout) async throws {
        let size = ClusterSize(
            parseWorkers: parseWorkers, chunkWorkers: chunkWorkers, embedWorkers: embedWorkers,
            flushers: flushers)
        let migrate = ProcessPlan.Entry(
            "migrate", program: ClusterOptions.executable, arguments: ["migrate"], user: .owner)
        let plan = ProcessPlan(size: size, kafkaBrokers: kafkaBrokers)
        let environment = ProcessInfo.processInfo.environment
        try await onOwnThread { () throws(ClusterError) in
            let supervisor = try Supervisor(
                layout: layout, size: size, plan: plan, migrate: migrate, environment: environment,
                signals: try Signals([SIGTERM, SIGINT, SIGHUP, SIGCHLD])
            ) { Output.line("\(Date.now.formatted(.iso8601)) \($0)") }
            try supervisor.run()
        }
    }
}

/// `millrace down`
struct Down: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Stops the cluster of this machine. Its data stay.")

    @OptionGroup var cluster: ClusterOptions

    func run() async throws {
        let layout = cluster.layout
        let names = try await onOwnThread { () throws(ClusterError) in
            try ClusterControl(layout: layout).down()
        }
        Output.line(
            names.isEmpty
                ? "Nothing was running." : "Stopped \(names.count) processes. The data stay.")
    }
}
