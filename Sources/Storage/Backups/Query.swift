import Postgres

private typealias SQL = PackageResources

/// The statements of this target. All except the hold run as the database's owner.
enum Query {
    static let backupBlobs = SQLFile(SQL.backup_blobs_sql, name: "backupBlobs")
    static let countDocuments = SQLFile(SQL.count_documents_sql, name: "countDocuments")
    static let exportSnapshot = SQLFile(SQL.export_snapshot_sql, name: "exportSnapshot")
    static let hasSchema = SQLFile(SQL.has_schema_sql, name: "hasSchema")
    static let holdBlobs = SQLFile(SQL.hold_blobs_sql, name: "holdBlobs")
    static let isUsed = SQLFile(SQL.is_used_sql, name: "isUsed")
    static let releaseBlobs = SQLFile(SQL.release_blobs_sql, name: "releaseBlobs")
    static let runningPrograms = SQLFile(SQL.running_programs_sql, name: "runningPrograms")
    static let tables = SQLFile(SQL.tables_sql, name: "tables")
}
