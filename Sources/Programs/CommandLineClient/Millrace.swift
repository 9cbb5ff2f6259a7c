package import ArgumentParser
import Glibc
import ProgramFrame

/// The command line: operates the cluster of one machine, and is a client of any Millrace's API.
package struct Millrace: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "millrace",
        abstract: "Turns documents into searchable vectors.",
        discussion: """
            'up' starts every program on this machine. 'submit --watch' uploads documents and \
            shows their progress. 'search' finds passages. The other commands are for operators.

            Exit codes:
            \(CommandStatus.table)

            '--generate-completion-script bash' prints completions for bash; zsh and fish work too.
            """,
        version: "millrace \(MillraceVersion.current)",
        subcommands: [
            UpCommand.self, DownCommand.self, StatusCommand.self, SubmitCommand.self,
            WatchCommand.self, DocumentsCommand.self, SearchCommand.self, EventsCommand.self,
            DeadLettersCommand.self,
            SpendCommand.self, AuditCommand.self, BackupCommand.self, MigrateCommand.self,
            TopicsCommand.self, ProbeCommand.self, WithPostgresCommand.self,
        ])

    package init() {}

    /// Runs the command of the process's arguments and exits with its status.
    package static func start() async {
        do {
            var command = try await asyncParseAsRoot()
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
        } catch let error as any ExitingError {
            Output.error("Error: \(error)")
            Glibc.exit(error.exitStatus.rawValue)
        } catch {
            exit(withError: error)
        }
    }
}
