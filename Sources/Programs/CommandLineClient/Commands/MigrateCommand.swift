import ArgumentParser
import LocalCluster
import FoundationEssentials
import Migrations
import Postgres

/// `millrace migrate`
struct MigrateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "migrate",
        abstract: "Updates the database's schema. Safe to run at any time, and more than once.",
        discussion: """
            With logins it also creates a database user for each program, or sets its password. \
            Each line of the logins is a program, the user's name and its password. They are read \
            from --logins, MILLRACE_LOGINS_FILE or MILLRACE_LOGINS (the lines themselves).
            """)

    @OptionGroup var database: DatabaseOptions
    @Option(help: "A file with the programs' logins.") var logins: String?

    func run() async throws {
        let logins = try readLogins().map(ProgramLogin.parse) ?? []
        try await database.withPool(as: .owner) { pool in
            let migrator = Migrator(pool: pool)
            for migration in try await migrator.migrate() {
                Output.line("applied \(migration.filename)")
            }
            try await migrator.apply(logins)
        }
        Output.line("The schema is at version \(Migration.all.count).")
        for login in logins {
            Output.line("\(login.program.rawValue) may log in as \(login.name).")
        }
    }

    private func readLogins() throws -> String? {
        guard let file = logins ?? EnvironmentVariable.loginsFile.value else {
            return EnvironmentVariable.logins.value
        }
        guard let data = FileManager.default.contents(atPath: file) else {
            throw UserError("The file of logins '\(file)' cannot be read.")
        }
        return String(decoding: data, as: UTF8.self)
    }
}
