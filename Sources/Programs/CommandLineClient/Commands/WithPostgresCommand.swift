import ArgumentParser
import LocalCluster
import FoundationEssentials
import Glibc

/// `millrace with-postgres -- COMMAND…`, used to run the tests.
struct WithPostgresCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "with-postgres",
        abstract: "Runs a command with a PostgreSQL server that exists as long as the command.",
        discussion: "The server's address is in MILLRACE_TEST_POSTGRES_URL.",
        shouldDisplay: false)

    @OptionGroup var cluster: ClusterOptions
    @Argument(parsing: .captureForPassthrough, help: "The command and its arguments.")
    var command: [String]

    func run() async throws {
        let layout = cluster.layout
        let words = command.first == "--" ? Array(command.dropFirst()) : command
        guard !words.isEmpty else { throw ValidationError("Give a command after '--'.") }
        let code = try await onOwnThread { () throws(ClusterError) in
            try Self.run(words, layout: layout)
        }
        throw ExitCode(code)
    }

    /// Returns the command's exit code, or 128 plus the number of the signal that ended it.
    private static func run(
        _ words: [String], layout: ClusterLayout
    ) throws(ClusterError) -> Int32 {
        let signals = try Signals(AttendedCommand.signals)
        let place = layout.root + "/with-postgres-\(getpid())"
        defer { try? FileManager.default.removeItem(atPath: place) }
        let server = try EmbeddedPostgres(
            runtime: layout.runtime + "/postgres", directory: place, port: try FreePort.find(),
            password: UUID().uuidString.lowercased(), log: layout.root + "/with-postgres.log")
        defer { try? FileManager.default.removeItem(atPath: server.dataDirectory) }
        let process = try server.start()
        do throws(ClusterError) {
            var environment = ProcessInfo.processInfo.environment
            environment["MILLRACE_TEST_POSTGRES_URL"] = server.url
            let code = try AttendedCommand(words, environment: environment).run(signals)
            try server.stop(process)
            return code
        } catch {
            try server.stop(process)
            throw error
        }
    }
}
