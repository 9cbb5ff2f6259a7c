import Migrations
import Postgres

@testable import Backups

/// The statements of backups. Holding blobs needs only a login; the owner does everything else.
extension ProgramStatement {
    static let backups =
        statements([Query.holdBlobs, Query.releaseBlobs], of: [.operator])
        + statements(
            [
                Query.backupBlobs, Query.countDocuments, Query.exportSnapshot, Query.hasSchema,
                Query.isUsed, Query.runningPrograms, Query.tables,
            ], of: [])
}
