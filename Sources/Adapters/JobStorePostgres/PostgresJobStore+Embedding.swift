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
        of job: ClaimedJob, limit: Int
    ) async throws(StageFailure) -> [PendingChunk] {
        let rows = try await query(
            Query.pendingChunks(job.document.uuid, job.generation, limit))
        return try decode(rows) { row in
            let chunk = Chunk(
                ord: try row.decode(0), text: try row.decode(1), utf8Range: 0..<0, tokens: 0,
                headings: try row.decode(2), pages: nil)
            return PendingChunk(ord: chunk.ord, input: chunk.embeddingInput)
        }
    }

    package func stageVectors(
        _ vectors: [[Float]], ords: [Int], of job: ClaimedJob
    ) async throws(StageFailure) {
        try await writes.vectors(StagedVectors(claim: job.claim, ords: ords, vectors: vectors))
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

/// Vectors of a document that are to be staged.
struct StagedVectors: Sendable {
    let claim: Claim
    let ords: [Int]
    let vectors: [[Float]]
}

extension PostgresJobStore {
    static func beginnings(_ pool: PostgresPool) -> GroupCommit<EmbeddingBeginning, Void> {
        GroupCommit(of: \.job.claim.job) { beginnings throws(StageFailure) in
            let claims = beginnings.map(\.job.claim)
            let held = try await pool.runTransaction { connection in
                var pinned: [JobID: VectorSpace?] = [:]
                for row in try await connection.query(
                    Query.beginEmbedding(claims.jobs, claims.tokens))
                {
                    pinned[JobID(try row.decode(0))] = .some(try space(in: row))
                }
                let others = beginnings.filter { beginning in
                    pinned[beginning.job.claim.job].map { $0 != beginning.space } ?? false
                }
                for (space, others) in Dictionary(grouping: others, by: \.space) {
                    let claims = others.map(\.job.claim)
                    _ = try await connection.query(
                        Query.nameSpace(space.model, space.version))
                    _ = try await connection.query(
                        Query.clearVectorBuffer(
                            others.map(\.job.document.uuid),
                            others.map { Int32($0.job.generation) }))
                    _ = try await connection.query(
                        Query.pinVectorSpace(
                            claims.jobs, claims.tokens, space.model, space.version, space.width))
                }
                return Set(pinned.keys)
            }
            return GroupCommit<EmbeddingBeginning, Void>.outcomes(of: claims, held: held)
        }
    }

    /// `nil` when the job has none yet.
    private static func space(in row: PostgresRow) throws -> VectorSpace? {
        guard let model: String = try row.decodeIfPresent(1),
            let version: String = try row.decodeIfPresent(2),
            let width: Int = try row.decodeIfPresent(3)
        else { return nil }
        return VectorSpace(model: model, version: version, width: width)
    }

    /// Vectors of several documents in one statement.
    private static let vectorsInSetMax = 512

    static func vectors(_ pool: PostgresPool) -> GroupCommit<StagedVectors, Void> {
        GroupCommit(of: \.claim.job, weightMax: vectorsInSetMax, weight: { $0.vectors.count }) {
            batches throws(StageFailure) in
            let claims = batches.map(\.claim)
            let rows = try await pool.run(
                Query.stageVectors(
                    claims.jobs, claims.tokens,
                    batches.flatMap { batch in batch.ords.map { _ in batch.claim.job.uuid } },
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
