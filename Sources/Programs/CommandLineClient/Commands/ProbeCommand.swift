import ArgumentParser
import LocalCluster

/// `millrace probe`, for the health check of a container.
struct ProbeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "probe",
        abstract: "Checks whether a program of this machine is ready; exit code 1 when not.")

    @Option(help: "The program's admin port.") var port: Int
    @Option(help: "The path to request.") var path = "/readyz"

    func run() async throws {
        let (port, path) = (port, path)
        let status = try await onOwnThread { Probe.status(port: port, path: path) }
        guard status == 200 else {
            throw UserError(
                "The program at port \(port) "
                    + (status.map { "returns HTTP \($0) for \(path)." } ?? "does not respond."))
        }
    }
}
