import Domain
import Logging
import Pipeline

extension Reconciler {
    /// False while a backup may still need the blobs, because their document was deleted after the
    /// backup's snapshot.
    private func mayDelete(_ orphans: [BlobPath]) async throws(JobFailure) -> Bool {
        guard !orphans.isEmpty, try await store.blobsAreHeld() else { return true }
        logger.info(
            "orphan blobs are kept during a backup",
            metadata: ["count": "\(orphans.count)"])
        return false
    }

    /// R4: deletes staged rows and blobs that no longer belong to anything, and expired records.
    package func collect() async {
        var last: StagedDocument?
        await pages("orphan_rows") { () async throws(JobFailure) in
            let page = try await store.deleteOrphanRows(after: last, limit: configuration.pageSize)
            last = page.last
            return Page(repaired: page.deleted, isLast: page.last == nil)
        }
        await pages("expired_records") { () async throws(JobFailure) in
            try await store.forgetExpired()
            return Page(repaired: 0, isLast: true)
        }
        var cursor: String?
        await pages("orphan_blobs") { () async throws(JobFailure) in
            let page = try await blobs.list(
                olderThan: configuration.orphanAge, after: cursor, limit: configuration.pageSize)
            cursor = page.last?.key
            let referenced = try await store.referenced(page)
            let orphans = page.filter { !referenced.contains($0) }
            guard try await mayDelete(orphans) else { return Page(repaired: 0, isLast: true) }
            for blob in orphans { try await blobs.delete(blob) }
            return Page(repaired: orphans.count, isLast: page.isEmpty)
        }
    }
}
