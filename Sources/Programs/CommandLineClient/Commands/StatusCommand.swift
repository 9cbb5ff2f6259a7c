import ArgumentParser
import Domain
import FoundationEssentials
import LocalCluster

/// `millrace status`
struct StatusCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Shows the jobs at each stage, waiting times, and this machine's processes.",
        discussion: """
            The rest comes from the API and requires an operator's token. With --api or \
            MILLRACE_API_URL, only that API is shown. Exit code 1 when no API is given and no \
            cluster is running on this machine. With --json a failure is also JSON.
            """)

    @OptionGroup var api: APIOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        guard !output.json else { return try await printJSON() }
        let cluster = try await localCluster()
        cluster?.show(output.style)
        let response = try await pipeline()
        if cluster != nil { Output.line() }
        Self.show(response.value, output.style)
    }

    /// Prints one line of JSON, whether or not there is a cluster and its API responds.
    private func printJSON() async throws {
        var parts: [String] = []
        do {
            if let cluster = try await localCluster() {
                let text = String(decoding: try Output.encoder.encode(cluster), as: UTF8.self)
                parts.append("\"cluster\":\(text)")
            }
            parts.append("\"pipeline\":\(try await pipeline().json)")
        } catch {
            let failure = Failure(
                message: "\(error)", exitCode: CommandStatus.worst(of: [error]).rawValue)
            let text = String(decoding: try Output.encoder.encode(failure), as: UTF8.self)
            Output.line("{\((parts + ["\"error\":\(text)"]).joined(separator: ","))}")
            throw error
        }
        Output.line("{\(parts.joined(separator: ","))}")
    }

    /// The failure in the output with `--json`.
    private struct Failure: Encodable {
        let message: String
        let exitCode: Int32
    }

    /// The cluster of this machine; `nil` when another API is given.
    private func localCluster() async throws -> LocalClusterStatus? {
        guard api.address == nil else { return nil }
        guard let cluster = try await LocalClusterStatus.read(api.cluster.layout) else {
            throw UserError(
                "No cluster is running in \(api.cluster.layout.root). Run 'millrace up', or name "
                    + "an API with --api URL or MILLRACE_API_URL.")
        }
        return cluster
    }

    private func pipeline() async throws -> APIClient.Response<StatusResponse> {
        try await api.operatorClient().get("/v1/operations/status")
    }

    private static func show(_ status: StatusResponse, _ style: Style) {
        let counts = status.counts.filter { $0.jobs > 0 }
        var table = Table("stage", "state", "jobs")
        for count in counts {
            table.add(count.stage.rawValue, count.state.rawValue, "\(count.jobs)")
        }
        Output.line(counts.isEmpty ? "There are no jobs." : table.text)
        for queue in status.queues where queue.oldestWaitingSeconds > 0 {
            Output.line(
                "The oldest job of the queue '\(queue.queue.rawValue)' has waited for "
                    + "\(Int(queue.oldestWaitingSeconds)) s.")
        }
        if let free = status.storageFreeBytes {
            Output.line("Free space for documents: \(free / 1_048_576) MiB.")
        }
        guard !status.providers.isEmpty else { return }
        Output.line()
        var providers = Table("provider", "circuit breaker", "programs", "reason")
        for provider in status.providers {
            providers.add(
                provider.name.printable, provider.health, "\(provider.programs)",
                (provider.reason ?? "").printable)
        }
        Output.line(providers.text)
    }
}

/// The processes of this machine's cluster.
struct LocalClusterStatus: Encodable, Sendable {
    struct Process: Encodable, Sendable {
        let name: String
        let pid: Int
        let residentBytes: Int
        let restarts: Int
        /// `ready`, `alive`, or what is wrong.
        let health: String

        var isHealthy: Bool { health == "ready" || health == "alive" }
    }

    let phase: String
    let message: String
    let apiUrl: String?
    let processes: [Process]

    /// `nil` when nothing was started there.
    static func read(_ layout: ClusterLayout) async throws -> LocalClusterStatus? {
        try await onOwnThread { () throws(ClusterError) in
            guard let state = try ClusterState.read(layout) else { return nil }
            return LocalClusterStatus(
                phase: state.supervisor.isAlive ? state.phase.rawValue : "without a supervisor",
                message: state.message, apiUrl: try ClusterRecord.read(layout)?.apiURL,
                processes: state.processes.map { process in
                    Process(
                        name: process.name, pid: Int(process.identity.pid),
                        residentBytes: process.identity.residentBytes, restarts: process.restarts,
                        health: health(process))
                })
        }
    }

    func show(_ style: Style) {
        Output.line("cluster: \(phase) (\(message))")
        if let apiUrl { Output.line("API: \(apiUrl)") }
        Output.line()
        var table = Table("process", "pid", "memory", "restarts", "health")
        for process in processes {
            table.add(
                process.name, "\(process.pid)", "\(process.residentBytes / 1_048_576) MiB",
                "\(process.restarts)",
                process.isHealthy ? style.good(process.health) : style.bad(process.health))
        }
        Output.line(table.text)
    }

    private static func health(_ process: ClusterState.Process) -> String {
        guard process.identity.isAlive else { return "ended" }
        guard let port = process.adminPort else { return "alive" }
        return Probe.get(port: port, path: "/readyz").map(health) ?? "no response"
    }

    /// A summary of a `/readyz` response, with the names of the failing dependencies.
    static func health(_ answer: (status: Int, body: String)) -> String {
        let failing = answer.body.split(whereSeparator: \.isNewline).dropFirst()
            .compactMap { $0.split(separator: ":").first }.joined(separator: ", ").printable
        let isReady = answer.status == 200
        if failing.isEmpty { return isReady ? "ready" : "not ready" }
        return (isReady ? "degraded: " : "not ready: ") + failing
    }
}
