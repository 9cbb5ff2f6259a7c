import ArgumentParser
import Migrations
import Postgres

/// `millrace migrate`
struct Migrate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Brings the database's schema up to date. Safe to run at any time, and twice.")

    @OptionGroup var database: DatabaseOptions

    func run() async throws {
        let applied = try await database.withPool { pool in
            try await Migrator(pool: pool).migrate()
        }
        for migration in applied { Output.line("applied \(migration.filename)") }
        Output.line("The schema is at version \(Migration.all.count).")
    }
}

extension DatabaseOptions {
    /// Lends connections to the database and closes them afterwards.
    func withPool<R: Sendable>(_ body: (PostgresPool) async throws -> R) async throws -> R {
        let pool = PostgresPool(
            PostgresConfiguration(
                conninfo: try postgresURL(), applicationName: "millrace", connectionsMax: 2,
                // What an operator asks for may read or rewrite all there is.
                statementTimeout: .seconds(3600)))
        do {
            let value = try await body(pool)
            await pool.close()
            return value
        } catch let error as PostgresError where error.kind == .connection {
            await pool.close()
            throw Complaint("\(error)\nIs the server up? 'millrace up' starts the cluster's own.")
        } catch {
            await pool.close()
            throw error
        }
    }
}
