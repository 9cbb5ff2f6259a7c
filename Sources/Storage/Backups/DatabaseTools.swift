package import LocalCluster
import FoundationEssentials
import Glibc
import Postgres

/// pg_dump and pg_restore of one release of PostgreSQL.
package struct DatabaseTools: Sendable {
    private let pgDump: String
    private let pgRestore: String

    /// - Parameter folders: where to look, in this order.
    package init(folders: [String]) throws(BackupError) {
        pgDump = try Self.find("pg_dump", in: folders)
        pgRestore = try Self.find("pg_restore", in: folders)
    }

    private static func find(_ name: String, in folders: [String]) throws(BackupError) -> String {
        for folder in folders where access("\(folder)/\(name)", X_OK) == 0 {
            return "\(folder)/\(name)"
        }
        throw .toolMissing(name: name, folders: folders)
    }

    /// Writes Millrace's schema and rows to an archive, readable by this user only.
    ///
    /// - Parameter snapshot: exported by another session whose transaction is still open.
    func dump(_ url: String, snapshot: String, to file: String) async throws(BackupError) {
        // Created here with mode 0600, which pg_dump keeps; the folder may have any mode.
        try await BackupFiles.append([], to: file)
        try await run(
            pgDump, named: "pg_dump",
            arguments: [
                "--format=custom", "--schema=upload_pipeline", "--snapshot=\(snapshot)",
                "--no-password", "--file=\(file)",
            ], database: url)
    }

    /// Restores an archive, all or nothing. The restored objects belong to the user of `url`.
    func restore(_ file: String, to url: String) async throws(BackupError) {
        try await run(
            pgRestore, named: "pg_restore",
            arguments: [
                "--single-transaction", "--exit-on-error", "--no-owner", "--no-password",
            ], database: url, last: [file])
    }

    /// - Throws: `tool` when the archive cannot be read.
    func check(_ file: String) async throws(BackupError) {
        try await run(
            pgRestore, named: "pg_restore", arguments: ["--list", file], database: nil)
    }

    /// Stops a tool that hangs; longer than any dump takes.
    private static let secondsMax = 7.0 * 86_400

    private func run(
        _ executable: String, named name: String, arguments: [String], database url: String?,
        last: [String] = []
    ) async throws(BackupError) {
        var environment = ProcessInfo.processInfo.environment
        environment = environment.filter { !$0.key.hasPrefix("MILLRACE_") }
        environment["LC_ALL"] = "C"
        var words = arguments
        if let url {
            let connection = try Self.variables(url)
            environment.merge(connection.environment) { $1 }
            words.append("--dbname=\(connection.conninfo)")
        }
        let log = "/tmp/millrace-\(UUID().uuidString.lowercased()).log"
        defer { unlink(log) }
        var specification = ProcessSpecification(
            executable: executable, arguments: words + last, environment: environment, log: log)
        specification.deathSignal = .terminate
        let exit = try await Self.run(specification)
        let output = String(
            decoding: FileManager.default.contents(atPath: log) ?? Data(), as: UTF8.self)
        guard exit == .code(0) else {
            throw .tool(
                name: name, reason: exit.map { "\($0)" } ?? "took more than a week",
                output: output.split(separator: "\n").suffix(5).joined(separator: "\n"))
        }
    }

    private static func variables(_ url: String) throws(BackupError) -> ConnectionVariables {
        do {
            return try ConnectionVariables(url)
        } catch {
            throw .database(error)
        }
    }

    private static func run(
        _ specification: ProcessSpecification
    ) async throws(BackupError) -> ProcessExit? {
        do {
            return try await onOwnThread { () throws(ClusterError) in
                let child = try ChildProcess.start(specification)
                let exit = child.wait(seconds: secondsMax)
                if exit == nil { child.signal(SIGKILL) }
                return exit
            }
        } catch {
            throw .other("\(error)")
        }
    }
}
