import ArgumentParser
import LocalCluster

/// `millrace status`
struct Status: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Shows where the jobs stand, and the processes of this machine's cluster.")

    @OptionGroup var api: APIOptions

    func run() async throws {
        let layout = api.cluster.layout
        let rows = try await onOwnThread { () throws(ClusterError) -> String? in
            guard let state = try ClusterState.read(layout) else { return nil }
            return Self.processes(state)
        }
        if let rows {
            Output.line(rows)
            if let record = try ClusterRecord.read(layout) {
                Output.line("\nThe API listens at \(record.apiURL)")
            }
        } else if api.address == nil {
            Output.line("No cluster is running on this machine.")
            throw ExitCode.failure
        }
        let status = try await api.client().pipeline()
        Output.line()
        var table = Table("stage", "state", "jobs")
        for count in status.counts where count.jobs > 0 {
            table.add(count.stage, count.state, "\(count.jobs)")
        }
        Output.line(status.counts.contains { $0.jobs > 0 } ? table.text : "There are no jobs.")
        if let seconds = status.oldestWaitingSeconds, seconds > 0 {
            Output.line("The oldest waiting job has waited for \(Int(seconds)) s.")
        }
        if let free = status.storageFreeBytes {
            Output.line("Free space for documents: \(free / 1_048_576) MiB.")
        }
        guard !status.providers.isEmpty else { return }
        Output.line()
        var providers = Table("provider", "breaker", "programs", "reason")
        for provider in status.providers {
            providers.add(
                provider.name, provider.health, "\(provider.programs)",
                (provider.reason ?? "").printable)
        }
        Output.line(providers.text)
    }

    private static func processes(_ state: ClusterState) -> String {
        let phase = state.supervisor.isAlive ? state.phase.rawValue : "its supervisor is gone"
        var table = Table("process", "pid", "memory", "restarts", "health")
        for process in state.processes {
            table.add(
                process.name, "\(process.identity.pid)", memory(process.identity),
                "\(process.restarts)", health(process))
        }
        return "cluster: \(phase) (\(state.message))\n\n\(table.text)"
    }

    private static func memory(_ process: ProcessIdentity) -> String {
        "\(process.residentBytes / 1_048_576) MiB"
    }

    private static func health(_ process: ClusterState.Process) -> String {
        guard process.identity.isAlive else { return "gone" }
        guard let port = process.adminPort else { return "alive" }
        return Probe.get(port: port, path: "/readyz").map(health) ?? "no answer"
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
