// Backups: copies the database and the blobs that its rows reference, and restores them.
//
// Invariants: after the first complete backup a folder always contains one, named by its manifest;
// the manifest is replaced last and atomically. No blob is deleted from the pipeline's store
// between the snapshot of the database and the end of the copy. A restore writes the database last,
// in one transaction.
// Neighbours: the database, by libpq and PostgreSQL's own programs; the BlobStore port.

package import BlobStores
import FoundationEssentials
import Glibc

/// A folder with a backup: `manifest.json`, an archive of pg_dump, a list of blobs, and the blobs
/// below `blobs`.
package struct BackupFolder: Sendable {
    package let path: String

    package init(_ path: String) {
        self.path = path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
    }

    package var blobs: LocalBlobStore { LocalBlobStore(root: blobRoot) }

    var blobRoot: String { file("blobs") }
    var manifestFile: String { file("manifest.json") }
    func file(_ name: String) -> String { "\(path)/\(name)" }

    /// Creates the folder if it does not exist and locks it for writing.
    ///
    /// - Throws: `notABackup` when it contains files of another kind.
    func prepare() async throws(BackupError) -> FolderLock {
        try await BackupFiles.blocking { () throws(BackupError) in
            if mkdir(path, 0o700) != 0, errno != EEXIST { throw .system("make", at: path) }
            guard try isBackup() else { throw .notABackup(path: path) }
            return try FolderLock(self, isExclusive: true)
        }
    }

    private func isBackup() throws(BackupError) -> Bool {
        if access(file(FolderLock.name), F_OK) == 0 { return true }
        return try names().isEmpty
    }

    private func names() throws(BackupError) -> [String] {
        do {
            return try FileManager.default.contentsOfDirectory(atPath: path)
        } catch {
            throw .file(action: "list", path: path, reason: "it is not a folder that can be read")
        }
    }

    /// The complete backup in this folder, and a lock that protects it from changes.
    ///
    /// - Throws: `incomplete` when no run has completed.
    package func open() async throws(BackupError) -> (BackupManifest, FolderLock) {
        try await BackupFiles.blocking { () throws(BackupError) in
            guard access(path, F_OK) == 0 else { throw .system("open", at: path) }
            guard try isBackup() else { throw .notABackup(path: path) }
            guard access(file(FolderLock.name), F_OK) == 0 else { throw .incomplete(path: path) }
            let lock = try FolderLock(self, isExclusive: false)
            guard access(manifestFile, F_OK) == 0 else { throw .incomplete(path: path) }
            guard let json = FileManager.default.contents(atPath: manifestFile) else {
                throw .system("read", at: manifestFile)
            }
            return (try BackupManifest(json: Array(json), path: manifestFile), lock)
        }
    }

    /// The manifest; `nil` when no run has completed here.
    func manifest() async throws(BackupError) -> BackupManifest? {
        try await BackupFiles.blocking { () throws(BackupError) in
            guard let json = FileManager.default.contents(atPath: manifestFile) else { return nil }
            return try BackupManifest(json: Array(json), path: manifestFile)
        }
    }

    /// Archives and lists that the manifest does not name, from an earlier or an incomplete run.
    package func leftovers(of manifest: BackupManifest) async throws(BackupError) -> [String] {
        try await BackupFiles.blocking { () throws(BackupError) in
            try names().filter { name in
                ["database-", "blobs-"].contains(where: name.hasPrefix)
                    && name != manifest.database.name && name != manifest.blobList.name
            }
        }
    }

    func remove(_ names: [String]) async throws(BackupError) {
        try await BackupFiles.blocking { () throws(BackupError) in
            for name in names {
                guard unlink(file(name)) == 0 || errno == ENOENT else {
                    throw .system("remove", at: file(name))
                }
            }
        }
    }
}

/// A lock on a backup folder: exclusive for a command that writes, shared for those that read. The
/// kernel releases it when the process ends.
package final class FolderLock: Sendable {
    static let name = "backup.lock"
    private let descriptor: Int32

    init(_ folder: BackupFolder, isExclusive: Bool) throws(BackupError) {
        let file = folder.file(Self.name)
        descriptor = Glibc.open(
            file, isExclusive ? O_RDWR | O_CREAT | O_CLOEXEC : O_RDONLY | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw .system("open", at: file) }
        guard flock(descriptor, (isExclusive ? LOCK_EX : LOCK_SH) | LOCK_NB) == 0 else {
            let isTaken = errno == EWOULDBLOCK
            close(descriptor)
            throw isTaken ? .inUse(path: folder.path) : .system("lock", at: file)
        }
    }

    deinit { close(descriptor) }
}
