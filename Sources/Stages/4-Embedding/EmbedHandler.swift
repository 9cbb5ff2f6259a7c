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
            let areLast = batch.count < limit
            try await embed(batch, of: job, areLast: areLast, progress)
            if areLast { return }
            batch = try await store.pendingChunks(of: job, after: last.ord, limit: limit)
        }
        guard !Task.isCancelled else { throw .leaseLost(job.claim.job) }
        try await store.completeEmbedding(job)
    }

    /// Embeds and stages a batch, in smaller calls while the provider rejects its size. Stages the
    /// vectors of each call before the next one, so that a failure loses none that were paid for.
    private func embed(
        _ batch: [PendingChunk], of job: ClaimedJob, areLast: Bool, _ progress: Progress
    ) async throws(JobFailure) {
        var rest = batch[...]
        var size = batch.count
        while !rest.isEmpty {
            guard !Task.isCancelled else { throw .leaseLost(job.claim.job) }
            let part = rest.prefix(size)
            let vectors: [[Float]]
            do throws(JobFailure) {
                vectors = try await embedder.embed(part.map(\.input), for: CallSubject(job))
            } catch {
                guard error.code == .embedder(.requestTooLarge), part.count > 1 else { throw error }
                size = part.count / 2
                continue
            }
            try check.validate(vectors, count: part.count)
            rest = rest.dropFirst(part.count)
            try await store.stageVectors(
                vectors, ords: part.map(\.ord), of: job, areLast: areLast && rest.isEmpty)
            progress.advance()
        }
    }
}
