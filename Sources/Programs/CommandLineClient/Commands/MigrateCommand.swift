import ArgumentParser
import LocalCluster
import FoundationEssentials
import Migrations
import Postgres

/// `millrace migrate`
struct Migrate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Brings the database's schema up to date. Safe to run at any time, and twice.",
        discussion: """
            With logins it also makes a database user for each program, or gives it its password. \
            Each line of them is a program, the user's name and its password. They are taken from \
            --logins, MILLRACE_LOGINS_FILE or MILLRACE_LOGINS (the lines themselves).
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
        let environment = ProcessInfo.processInfo.environment
        guard let file = logins ?? environment["MILLRACE_LOGINS_FILE"] else {
            return environment["MILLRACE_LOGINS"]
        }
        guard let data = FileManager.default.contents(atPath: file) else {
            throw UserError("The logins' file '\(file)' cannot be read.")
        }
        return String(decoding: data, as: UTF8.self)
    }
}

extension DatabaseOptions {
    /// Runs `body` with a connection pool and closes the pool afterwards.
    func withPool<R: Sendable>(
        as user: DatabaseUser = .operator, idleTransactionTimeout: Duration = .seconds(30),
        _ body: (PostgresPool) async throws -> R
    ) async throws -> R {
        try await Self.withPool(
            at: try postgresURL(of: user), idleTransactionTimeout: idleTransactionTimeout, body)
    }

    static func withPool<R: Sendable>(
        at url: String, idleTransactionTimeout: Duration = .seconds(30),
        _ body: (PostgresPool) async throws -> R
    ) async throws -> R {
        let pool = PostgresPool(
            PostgresConfiguration(
                conninfo: url, applicationName: "millrace", connectionsMax: 2,
                // An operator's command may read or rewrite the whole database.
                statementTimeout: .seconds(3600),
                idleTransactionTimeout: idleTransactionTimeout))
        do {
            let value = try await body(pool)
            await pool.close()
            return value
        } catch let error as PostgresError where error.kind == .connection {
            await pool.close()
            throw UserError("\(error)\nIs the server up? 'millrace up' starts the cluster's own.")
        } catch {
            await pool.close()
            throw error
        }
    }
}
