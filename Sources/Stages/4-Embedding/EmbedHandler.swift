// Embedding: from staged chunks to staged vectors.
//
// Invariants: a document's vectors are all of one space; a staged vector is never paid for again,
// whichever worker resumes the job.
// Neighbours: the chunk-worker before it, the flusher after it.

package import Domain
package import Pipeline

/// Embeds the chunks of a document that have no vector yet, batch by batch.
package struct EmbedHandler: JobHandler {
    private let store: any EmbedJobStore
    private let embedder: any Embedder
    private let check: EmbedderCheck

    package init(store: any EmbedJobStore, embedder: any Embedder) {
        self.store = store
        self.embedder = embedder
        check = EmbedderCheck(space: embedder.space)
    }

    package var queue: WorkQueue { .embed }

    package func work(on job: ClaimedJob, _ progress: Progress) async throws(JobFailure) {
        let limit = embedder.batchMax
        var batch = try await store.beginEmbedding(job, in: embedder.space, limit: limit)
        while let last = batch.last, !Task.isCancelled {
            let vectors = try await embedder.embed(
                batch.map(\.input), for: CallSubject(job))
            try check.validate(vectors, count: batch.count)
            let areLast = batch.count < limit
            try await store.stageVectors(
                vectors, ords: batch.map(\.ord), of: job, areLast: areLast)
            progress.advance()
            if areLast { return }
            batch = try await store.pendingChunks(of: job, after: last.ord, limit: limit)
        }
        guard !Task.isCancelled else { throw .leaseLost(job.claim.job) }
        try await store.completeEmbedding(job)
    }
}
