package import Postgres

/// Why the schema could not be brought up to date. The failed migration changed nothing.
package enum MigrationError: Error, Sendable, CustomStringConvertible {
    /// The database was migrated by other migrations than this program's: the first one that
    /// differs has another name.
    case otherHistory(Migration, appliedName: String)
    /// An applied migration differs from the one that this program has under its number and name.
    case edited(Migration, appliedSHA256: String)
    /// The database has migrations that this program does not know.
    case databaseIsNewer(database: Int, program: Int)
    /// A migration's record is missing although later ones exist.
    case gap(missing: Int)
    case serverTooOld(versionNumber: Int)
    case vectorUnavailable
    case vectorInOtherSchema(String)
    case failed(Migration, PostgresError)
    case database(PostgresError)

    package var description: String {
        switch self {
        case .otherHistory(let migration, let name):
            "migration \(migration.version) of the database is '\(name)', not "
                + "'\(migration.name)': an unreleased version of Millrace created it. It cannot be "
                + "upgraded. Migrate an empty database and upload the documents again, or run the "
                + "version that created it."
        case .edited(let migration, let sha256):
            "migration \(migration.filename) is not the one that was applied "
                + "(sha256 \(sha256.prefix(12))…, here \(migration.sha256.prefix(12))…). "
                + "Restore the file as it was and put the change into a new migration."
        case .databaseIsNewer(let database, let program):
            "the database is at version \(database), this program knows \(program). "
                + "Run the newer program."
        case .gap(let missing):
            "upload_pipeline.schema_migrations lacks version \(missing) but has later ones. "
                + "Restore the table from a backup."
        case .serverTooOld(let number):
            "PostgreSQL 15 or later is needed; the server is \(number / 10_000)."
        case .vectorUnavailable:
            "the server has no pgvector. Install it there (on Debian and Ubuntu the package "
                + "postgresql-<version>-pgvector), then migrate again."
        case .vectorInOtherSchema(let schema):
            "pgvector is installed in schema '\(schema)'. "
                + "Run: ALTER EXTENSION vector SET SCHEMA public;"
        case .failed(let migration, let error):
            "\(migration.filename) failed and was rolled back: \(error)"
        case .database(let error):
            "the database failed: \(error)"
        }
    }
}
