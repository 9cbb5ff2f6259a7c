// Flushing: from the buffers to document_chunks.
//
// Invariants: a document becomes searchable as a whole, in the transaction that finishes its job;
// planned = buffered = flushed, or nothing is moved.
// Neighbours: the embed-worker before it; after it, search.

package import Domain
package import Pipeline
import Synchronization

/// Moves a document's chunks to where they are searched, and keeps the buffers small.
package final class FlushHandler: StageHandler {
    private let store: any FlushStore
    private let rowsBetweenVacuums: Int
    private let rowsSinceVacuum = Mutex(0)

    package init(store: any FlushStore, rowsBetweenVacuums: Int = 4096) {
        self.store = store
        self.rowsBetweenVacuums = rowsBetweenVacuums
    }

    package var queue: WorkQueue { .flush }

    package func work(on job: ClaimedJob) async throws(StageFailure) {
        let rows = try await store.flush(job)
        let isDue = rowsSinceVacuum.withLock { count in
            count += rows
            guard count >= rowsBetweenVacuums else { return false }
            count = 0
            return true
        }
        if isDue { await vacuum() }
    }

    private func vacuum() async {
        do {
            try await store.vacuumBuffers()
        } catch {
            // The document is flushed; only space is at stake, and autovacuum reclaims it too.
            rowsSinceVacuum.withLock { $0 += rowsBetweenVacuums }
        }
    }
}
