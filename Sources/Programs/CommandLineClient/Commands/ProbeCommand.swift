import ArgumentParser
import LocalCluster

/// `millrace probe`, for the health check of a container.
struct ProbeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "probe",
        abstract: "Asks a program of this machine whether it is ready; exit code 1 when not.")

    @Option(help: "The program's admin port.") var port: Int
    @Option(help: "What to ask for.") var path = "/readyz"

    func run() async throws {
        let (port, path) = (port, path)
        let status = await onOwnThread { Probe.status(port: port, path: path) }
        guard status == 200 else {
            throw UserError(status.map { "It answers \($0)." } ?? "It does not answer.")
        }
    }
}
