package import Domain
import Glibc
package import Migrations
package import Postgres

/// Why a backup could not be made, checked or restored. Each description says what to do next.
package enum BackupError: Error, Sendable, CustomStringConvertible {
    /// A file or folder of the backup cannot be used.
    case file(action: String, path: String, reason: String)
    /// The folder contains other files.
    case notABackup(path: String)
    /// No run into this folder has completed.
    case incomplete(path: String)
    case manifest(path: String, reason: String)
    /// The folder contains a backup of another database.
    case otherOrigin(path: String, documents: Int, takenAt: String)
    /// Another command is using the folder.
    case inUse(path: String)
    /// A part of the backup is missing or altered.
    case damaged(String)
    /// The backup has all migrations of this program, and later ones.
    case newerSchema(backup: Int, program: Int)
    /// The backup's migrations are not those of this program.
    case otherSchema(MigrationError)
    case toolMissing(name: String, folders: [String])
    case tool(name: String, reason: String, output: String)
    /// The server is a standby and cannot hold the blobs, or the hold was lost.
    case standby, holdLost(String)
    /// The database to restore into has been used.
    case databaseUsed
    case programsRun([String])
    /// The rows are restored, but a later step failed.
    case notFinished(String)
    /// The target store contains blobs that the backup does not have.
    case otherBlobs(count: Int, example: String)
    case storage(JobFailure)
    case database(PostgresError)
    case other(String)

    package var description: String {
        switch self {
        case .file(let action, let path, let reason): "cannot \(action) \(path): \(reason)"
        case .notABackup(let path):
            "\(path) is not a backup and contains other files. Use a new or empty folder."
        case .incomplete(let path):
            "\(path) contains no complete backup: manifest.json is missing. "
                + "'millrace backup create' completes it."
        case .manifest(let path, let reason):
            "\(path) cannot be used: \(reason). To make a new backup in this folder, use "
                + "'millrace backup create --replace-other'."
        case .inUse(let path):
            "Another 'millrace backup' is using \(path). Wait until it has finished."
        case .otherOrigin(let path, let documents, let takenAt):
            "\(path) has a backup of another database (\(documents) documents, as of \(takenAt)). "
                + "Use another folder, or replace that backup with --replace-other."
        case .damaged(let what): "The backup is damaged: \(what). Use another one."
        case .newerSchema(let backup, let program):
            "The backup has schema version \(backup), this program supports \(program). "
                + "Restore it with the release that created it or a newer one."
        case .otherSchema(let difference):
            "The backup cannot be restored by this version of Millrace: \(difference)"
        case .toolMissing(let name, let folders):
            "\(name) was not found in \(folders.joined(separator: ", ")). Name the folder of "
                + "PostgreSQL's programs with --postgres-programs."
        case .tool(let name, let reason, let output):
            "\(name) \(reason):\n\(output)"
                + (output.contains("server version mismatch")
                    ? "\nSet --postgres-programs to a folder of programs as new as the server."
                    : "")
        case .standby:
            "A standby server cannot protect blobs from deletion. Use the primary."
        case .holdLost(let reason):
            "The connection that protects blobs from deletion failed (\(reason)), so some may be "
                + "missing. Run this again; copied blobs are kept."
        case .databaseUsed:
            "The database is not empty. Restore into a new one; this one was not changed."
        case .programsRun(let names):
            "Programs are connected to the database: \(names.joined(separator: ", ")). Stop them "
                + "first; the database was not changed."
        case .notFinished(let reason):
            "All documents are restored, but their database is not ready: \(reason)\n"
                + "Run 'millrace migrate', then ANALYZE in the database."
        case .otherBlobs(let count, let example):
            "The store has \(count) blobs that the backup does not have, such as \(example). If "
                + "another cluster uses it, choose a new store. If they are left from the "
                + "cluster that was backed up, use --over-existing-blobs: the reconciler deletes "
                + "them later."
        case .storage(let failure): "The blob store failed: \(failure.message)"
        case .database(let error):
            "The database failed: \(error)"
                + (error.kind == .connection
                    ? "\nCheck that the server is running. 'millrace up' starts the local cluster."
                    : "")
        case .other(let reason): reason
        }
    }

    /// Wraps an error of a component that a backup uses.
    init(_ error: any Error) {
        self =
            switch error {
            case let error as BackupError: error
            case let error as JobFailure: .storage(error)
            case let error as PostgresError: .database(error)
            default: .other("\(error)")
            }
    }

    /// The error of the last system call (`errno`).
    static func system(_ action: String, at path: String) -> BackupError {
        .file(action: action, path: path, reason: String(cString: strerror(errno)))
    }
}
