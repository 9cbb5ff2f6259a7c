import Postgres

/// A snapshot that the server exported, with what the manifest states about the database.
struct DatabaseSnapshot: Sendable {
    /// The name under which `pg_dump` reads it.
    let name: String
    let takenAt: String
    let serverVersion: String
    let schemaVersion: Int
    let documents: Int
    let unfinishedJobs: Int
    let origin: String

    init(_ row: PostgresRow) throws(PostgresError) {
        name = try row.decode(0)
        takenAt = try row.decode(1)
        serverVersion = try row.decode(2)
        schemaVersion = try row.decode(3)
        documents = try row.decode(4)
        unfinishedJobs = try row.decode(5)
        origin = try row.decode(6)
    }
}
