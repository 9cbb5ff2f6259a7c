import Postgres

/// The statements of this adapter, each in its own file under `SQL/`. All except the hold run as
/// the database's owner.
enum Query: String, CaseIterable {
    case backupBlobs, countDocuments, exportSnapshot, hasSchema, holdBlobs, isUsed, releaseBlobs
    case runningPrograms, tables

    func callAsFunction(_ parameters: (any PostgresEncodable)?...) -> PostgresStatement {
        PostgresStatement(sql: text, parameters: parameters, step: rawValue)
    }

    var text: String {
        let bytes =
            switch self {
            case .backupBlobs: PackageResources.backup_blobs_sql
            case .countDocuments: PackageResources.count_documents_sql
            case .exportSnapshot: PackageResources.export_snapshot_sql
            case .hasSchema: PackageResources.has_schema_sql
            case .holdBlobs: PackageResources.hold_blobs_sql
            case .isUsed: PackageResources.is_used_sql
            case .releaseBlobs: PackageResources.release_blobs_sql
            case .runningPrograms: PackageResources.running_programs_sql
            case .tables: PackageResources.tables_sql
            }
        return String(decoding: bytes, as: UTF8.self)
    }
}
