// Flushing: from the buffers to document_chunks.
//
// Invariants: a document becomes searchable as a whole, in the transaction that finishes its job;
// planned = buffered = flushed, or nothing is moved.
// Neighbours: the embed-worker before it; after it, search.

package import Domain
package import Pipeline

/// Moves a document's chunks to where they are searched.
package struct FlushHandler: StageHandler {
    private let store: any FlushStore
    private let vacuum: BufferVacuum

    package init(store: any FlushStore, vacuum: BufferVacuum) {
        self.store = store
        self.vacuum = vacuum
    }

    package var queue: WorkQueue { .flush }

    package func work(on job: ClaimedJob, _ progress: Progress) async throws(StageFailure) {
        vacuum.count(try await store.flush(job))
    }
}
