package import ArgumentParser

/// The command line: operates the cluster of one machine, and is a client of any Millrace.
package struct Millrace: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "millrace",
        abstract: "Turns documents into searchable vectors.",
        discussion: """
            'up' starts everything on this machine; 'submit --watch' sends documents and shows \
            their way; 'search' finds passages. The other commands are for operating it.
            """,
        subcommands: [
            Up.self, Down.self, Status.self, Submit.self, Watch.self, Search.self, Events.self,
            DeadLetterCommand.self, SpendCommand.self, Audit.self, BackupCommand.self, Migrate.self,
            TopicsCommand.self, ProbeCommand.self, WithPostgres.self,
        ])

    package init() {}
}

/// An error for the user that says what to do next.
struct UserError: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}
