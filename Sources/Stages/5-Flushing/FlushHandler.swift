// Flushing: from the buffers to document_chunks.
//
// Invariants: a document becomes searchable as a whole, in the transaction that finishes its job;
// planned = buffered = flushed, or nothing is moved.
// Neighbours: the embed-worker before it; after it, search.

package import Domain
package import Indexing
package import Pipeline

/// Moves a document's chunks to the table that is searched.
package struct FlushHandler: StageHandler {
    private let store: any FlushStore
    private let vacuum: BufferVacuum
    private let cells: CellKeeper

    package init(store: any FlushStore, vacuum: BufferVacuum, cells: CellKeeper) {
        self.store = store
        self.vacuum = vacuum
        self.cells = cells
    }

    package var queue: WorkQueue { .flush }

    package func work(on job: ClaimedJob, _ progress: Progress) async throws(StageFailure) {
        vacuum.count(try await store.flush(job))
        cells.noteGrowth(of: job.user)
    }
}
