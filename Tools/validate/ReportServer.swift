import LocalCluster
import FoundationEssentials
import Glibc
import TestCluster

/// The PostgreSQL server of a run. Statement times are read from its log.
@MainActor
final class ReportServer {
    let log: String
    private let server: EmbeddedPostgres
    private let process: ChildProcess

    init(runtime: String, directory: String) throws {
        log = directory + "/postgres.log"
        server = try EmbeddedPostgres(
            runtime: runtime + "/postgres", directory: directory + "/postgres",
            port: try FreePort.find(), password: UUID().uuidString.lowercased(), log: log)
        process = try server.start()
    }

    var url: String { server.url }

    #if DEBUG
        private static let build = "debug"
    #else
        private static let build = "release"
    #endif

    func stop() throws { try server.stop(process) }

    /// A description of the machine, without its name.
    func machine() async throws -> String {
        let database = TrialDatabase(url: url)
        let version = try await database.texts("SELECT split_part(version(), ' on ', 1)").joined()
        await database.close()
        return "\(Self.hardware), \(version), embedded broker, \(Self.build) builds"
    }

    /// Not isolated: with optimisation, Swift 6.3 runs the code after the last await of `machine()`
    /// on the thread of the database, where the checks of an isolated closure end the program.
    private nonisolated static var hardware: String {
        let release = FileManager.default.contents(atPath: "/etc/os-release") ?? Data()
        let name = String(decoding: release, as: UTF8.self).split(separator: "\n")
            .first { $0.hasPrefix("PRETTY_NAME=") }?
            .dropFirst("PRETTY_NAME=".count).filter { $0 != "\"" }
        return "\(sysconf(Int32(_SC_NPROCESSORS_ONLN))) cores, \(name ?? "Linux")"
    }
}
