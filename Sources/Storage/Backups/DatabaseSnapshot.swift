import FoundationEssentials
import Migrations
import Postgres

/// A snapshot that the server exported, with what the manifest states about the database.
struct DatabaseSnapshot: Sendable {
    /// The name under which `pg_dump` reads it.
    let name: String
    let takenAt: String
    let serverVersion: String
    let migrations: [AppliedMigration]
    let documents: Int
    let unfinishedJobs: Int
    let origin: String

    init(_ row: PostgresRow) throws {
        name = try row.decode(0)
        takenAt = try row.decode(1)
        serverVersion = try row.decode(2)
        let migrations: String = try row.decode(3)
        self.migrations = try JSONDecoder().decode(
            [AppliedMigration].self, from: Data(migrations.utf8))
        documents = try row.decode(4)
        unfinishedJobs = try row.decode(5)
        origin = try row.decode(6)
    }
}
