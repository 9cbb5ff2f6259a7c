import ArgumentParser
import Backups
import LocalCluster
import FoundationEssentials

/// `millrace backup hold -- COMMAND…`
struct BackupHold: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "hold",
        abstract: "Runs a command while no document is deleted from the store.",
        discussion: """
            For backups by other programs: the command takes a snapshot of the database and then \
            copies the documents. Documents can be deleted in the meantime. Their files remain \
            until the command has ended. The exit code is the command's, or 1 when the connection \
            that holds the documents broke.
            """)

    @OptionGroup var database: DatabaseOptions
    @Argument(parsing: .captureForPassthrough, help: "The command and its arguments.")
    var command: [String]

    func run() async throws {
        let words = command.first == "--" ? Array(command.dropFirst()) : command
        guard !words.isEmpty else { throw ValidationError("Give a command after '--'.") }
        let code = try await database.withPool(as: .operator) { pool in
            try await pool.holdingBlobs { _ in
                let command = AttendedCommand(
                    words, environment: ProcessInfo.processInfo.environment)
                return try await onOwnThread { () throws(ClusterError) in
                    try command.run(try Signals(AttendedCommand.signals))
                }
            }
        }
        throw ExitCode(code)
    }
}
