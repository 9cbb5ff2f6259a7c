// Flushing: from the buffers to document_chunks.
//
// Invariants: a document becomes searchable as a whole, in the transaction that finishes its job;
// planned = buffered = flushed, or nothing is moved.
// Neighbours: the embed-worker before it; after it, search.

package import Domain
package import Indexing
package import Pipeline

/// Moves a document's chunks to the table that is searched.
package struct FlushHandler: JobHandler {
    private let store: any FlushJobStore
    private let vacuum: BufferVacuum
    private let index: IndexMaintainer

    package init(store: any FlushJobStore, vacuum: BufferVacuum, index: IndexMaintainer) {
        self.store = store
        self.vacuum = vacuum
        self.index = index
    }

    package var queue: WorkQueue { .flush }

    package func work(on job: ClaimedJob, _ progress: Progress) async throws(JobFailure) {
        vacuum.count(try await store.flush(job))
        index.noteGrowth(of: job.tenant)
    }
}
