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
    private let cells: CellMaintainer

    package init(store: any FlushJobStore, vacuum: BufferVacuum, cells: CellMaintainer) {
        self.store = store
        self.vacuum = vacuum
        self.cells = cells
    }

    package var queue: WorkQueue { .flush }

    package func work(on job: ClaimedJob, _ progress: Progress) async throws(JobFailure) {
        vacuum.count(try await store.flush(job))
        cells.noteGrowth(of: job.tenant)
    }
}
