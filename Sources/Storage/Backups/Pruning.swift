import BlobStores
import Domain
import Pipeline

/// Removes everything in a folder that is not part of its complete backup: archives and lists of
/// other runs, and blobs of deleted documents.
struct Pruning: Sendable {
    let folder: BackupFolder

    /// Also removes half-written blobs, because the caller holds the folder exclusively.
    func run(keeping manifest: BackupManifest) async throws(BackupError) {
        try await folder.remove(try await folder.leftovers(of: manifest))
        do {
            try await removeBlobs(keeping: manifest)
            try await sweep()
        } catch {
            throw BackupError(error)
        }
    }

    private func removeBlobs(keeping manifest: BackupManifest) async throws {
        var stored = BlobListing(of: folder.blobs)
        let list = BlobList(file: folder.file(manifest.blobList.name))
        try await list.eachPage { (page) throws(BackupError) in
            for entry in page {
                try await remove(&stored) { $0.key < entry.path.key }
                try await storage { () throws(JobFailure) in
                    if try await stored.contains(entry.path) { _ = try await stored.next() }
                }
            }
        }
        try await remove(&stored) { _ in true }
    }

    /// Deletes uncommitted files; the store's `list` does that when it is given an age.
    private func sweep() async throws(JobFailure) {
        var cursor: String?
        repeat {
            cursor = try await folder.blobs.list(olderThan: .zero, after: cursor, limit: 5000)
                .last?.key
        } while cursor != nil
    }

    private func remove(
        _ stored: inout BlobListing, while isOrphan: (BlobPath) -> Bool
    ) async throws(BackupError) {
        do {
            while let blob = try await stored.peek(), isOrphan(blob) {
                _ = try await stored.next()
                try await folder.blobs.delete(blob)
            }
        } catch {
            throw .storage(error)
        }
    }

    private func storage(
        _ body: () async throws(JobFailure) -> Void
    ) async throws(BackupError) {
        do {
            try await body()
        } catch {
            throw .storage(error)
        }
    }
}
