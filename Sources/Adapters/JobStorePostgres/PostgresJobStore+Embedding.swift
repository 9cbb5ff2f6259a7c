package import Domain
import FoundationEssentials
import Indexing
package import Pipeline
import Postgres

extension PostgresJobStore: VectorStore {
    package func beginEmbedding(
        _ job: ClaimedJob, in space: VectorSpace
    ) async throws(StageFailure) {
        try await writes.beginnings(EmbeddingBeginning(job: job, space: space))
    }

    package func pendingChunks(
        of job: ClaimedJob, after ord: Int, limit: Int
    ) async throws(StageFailure) -> [PendingChunk] {
        try await writes.pendings(PendingChunks(job: job, after: ord, limit: limit))
    }

    package func stageVectors(
        _ vectors: [[Float]], ords: [Int], of job: ClaimedJob
    ) async throws(StageFailure) {
        try await writes.vectors(StagedVectors(job: job, ords: ords, vectors: vectors))
    }

    package func completeEmbedding(_ job: ClaimedJob) async throws(StageFailure) {
        guard try await !writes.embeddings(job.claim) else { return }
        let (row, token) = (job.claim.job.uuid, job.claim.token.uuid)
        guard try await !query(Query.holdsClaim(row, token)).isEmpty else {
            throw .leaseLost(job.claim.job)
        }
        throw .permanent("chunks_missing", "staged chunks and vectors differ from the plan")
    }
}

/// A job whose embedding begins.
struct EmbeddingBeginning: Sendable {
    let job: ClaimedJob
    let space: VectorSpace
}

/// Chunks of a document that are asked for.
struct PendingChunks: Sendable {
    let job: ClaimedJob
    let after: Int
    let limit: Int
}

/// Vectors of a document that are to be staged.
struct StagedVectors: Sendable {
    let job: ClaimedJob
    let ords: [Int]
    let vectors: [[Float]]
}

extension PostgresJobStore {
    static func beginnings(_ pool: PostgresPool) -> GroupCommit<EmbeddingBeginning, Void> {
        GroupCommit(
            of: \.job.claim.job, kind: { "\($0.space.model) \($0.space.version) \($0.space.width)" }
        ) { beginnings throws(StageFailure) in
            let (claims, space) = (beginnings.map(\.job.claim), beginnings[0].space)
            let rows = try await pool.run(
                Query.beginEmbedding(
                    claims.jobs, claims.tokens, space.model, space.version, space.width))
            return GroupCommit<EmbeddingBeginning, Void>.outcomes(
                of: claims, held: try rows.jobs())
        }
    }

    /// Texts of several documents in one statement.
    private static let textsInSetMax = 512

    static func pendings(_ pool: PostgresPool) -> GroupCommit<PendingChunks, [PendingChunk]> {
        GroupCommit(
            of: \.job.claim.job, kind: { "\($0.limit)" }, weightMax: textsInSetMax,
            weight: { min($0.limit, $0.job.expectedChunks ?? $0.limit) }
        ) { pendings throws(StageFailure) in
            let rows = try await pool.run(
                Query.pendingChunks(
                    pendings.map(\.job.document.uuid), pendings.map { Int32($0.job.generation) },
                    pendings.map { Int32($0.after) }, pendings[0].limit))
            var chunks: [UUID: [PendingChunk]] = [:]
            do {
                for row in rows {
                    let chunk = Chunk(
                        ord: try row.decode(1), text: try row.decode(2), utf8Range: 0..<0,
                        tokens: 0, headings: try row.decode(3), pages: nil)
                    chunks[try row.decode(0), default: []].append(
                        PendingChunk(ord: chunk.ord, input: chunk.embeddingInput))
                }
            } catch {
                throw StageFailure(store: error)
            }
            return pendings.map { .success(chunks[$0.job.document.uuid] ?? []) }
        }
    }

    /// Vectors of several documents in one statement.
    private static let vectorsInSetMax = 512

    static func vectors(_ pool: PostgresPool) -> GroupCommit<StagedVectors, Void> {
        GroupCommit(
            of: \.job.claim.job, weightMax: vectorsInSetMax, weight: { $0.vectors.count }
        ) { batches throws(StageFailure) in
            let claims = batches.map(\.job.claim)
            // The job of each vector.
            let jobs = batches.flatMap { batch in batch.ords.map { _ in batch.job } }
            let rows = try await pool.run(
                Query.stageVectors(
                    claims.jobs, claims.tokens, jobs.map(\.claim.job.uuid),
                    jobs.map(\.document.uuid), jobs.map { Int32($0.generation) },
                    batches.flatMap { $0.ords.map(Int32.init) },
                    PostgresVectorArray(batches.flatMap(\.vectors)),
                    batches.flatMap { $0.vectors.map { PostgresBits(Sketch(of: $0).words) } }))
            return GroupCommit<StagedVectors, Void>.outcomes(of: claims, held: try rows.jobs())
        }
    }

    /// Whether each job was handed on.
    static func embeddings(_ pool: PostgresPool) -> GroupCommit<Claim, Bool> {
        GroupCommit(of: \.job) { claims throws(StageFailure) in
            let rows = try await pool.run(Query.completeEmbedding(claims.jobs, claims.tokens))
            let done = try rows.jobs()
            return claims.map { .success(done.contains($0.job)) }
        }
    }
}
