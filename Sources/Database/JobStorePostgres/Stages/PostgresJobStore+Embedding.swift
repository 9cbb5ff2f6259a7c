import Concurrency
package import Domain
import FoundationEssentials
import Indexing
package import Pipeline
import Postgres

extension PostgresJobStore: EmbedJobStore {
    package func beginEmbedding(
        _ job: ClaimedJob, in space: EmbeddingSpace, limit: Int
    ) async throws(JobFailure) -> [PendingChunk] {
        try await writes.beginnings(
            EmbeddingBeginning(
                space: space, chunks: PendingChunks(job: job, after: -1, limit: limit)))
    }

    package func pendingChunks(
        of job: ClaimedJob, after ord: Int, limit: Int
    ) async throws(JobFailure) -> [PendingChunk] {
        try await writes.pendings(PendingChunks(job: job, after: ord, limit: limit))
    }

    package func stageVectors(
        _ vectors: [[Float]], ords: [Int], of job: ClaimedJob, areLast: Bool
    ) async throws(JobFailure) {
        let isHandedOn = try await writes.vectors(
            StagedVectors(job: job, ords: ords, vectors: vectors, areLast: areLast))
        if areLast, !isHandedOn { throw Self.chunksMissing }
    }

    package func completeEmbedding(_ job: ClaimedJob) async throws(JobFailure) {
        guard try await !writes.embeddings(job.claim) else { return }
        let (row, token) = (job.claim.job.uuid, job.claim.token.uuid)
        guard try await !query(Query.holdsClaim(row, token)).isEmpty else {
            throw .leaseLost(job.claim.job)
        }
        throw Self.chunksMissing
    }

    private static let chunksMissing = JobFailure.permanent(
        .database(.chunksMissing), "staged chunks and vectors differ from the plan")
}

/// A job that begins embedding.
struct EmbeddingBeginning: Sendable {
    let space: EmbeddingSpace
    /// The first page of pending chunks.
    let chunks: PendingChunks
}

/// A request for a page of a document's pending chunks.
struct PendingChunks: Sendable {
    let job: ClaimedJob
    let after: Int
    let limit: Int

    var countMax: Int { min(limit, job.expectedChunks ?? limit) }
}

/// Vectors of a document to be staged.
struct StagedVectors: Sendable {
    let job: ClaimedJob
    let ords: [Int]
    let vectors: [[Float]]
    /// Whether these vectors are the last, after which the job is handed to the flush queue.
    let areLast: Bool
}

extension PostgresJobStore {
    /// Maximum texts of several documents in one statement.
    private static let textsInSetMax = 512

    static func beginnings(
        _ pool: PostgresPool
    ) -> JobWrites<EmbeddingBeginning, [PendingChunk]> {
        JobWrites(
            of: \.chunks.job.claim.job,
            kind: { "\($0.space.model) \($0.space.version) \($0.space.width) \($0.chunks.limit)" },
            weightMax: textsInSetMax, weight: \.chunks.countMax
        ) { beginnings throws(JobFailure) in
            let (pendings, space) = (beginnings.map(\.chunks), beginnings[0].space)
            let claims = pendings.map(\.job.claim)
            let answers = try await pool.runTogether([
                Query.beginEmbedding(
                    claims.jobs, claims.tokens, space.model, space.version, space.width),
                query(pendings),
            ])
            let (held, chunks) = (try answers[0].jobs(), try self.chunks(of: pendings, answers[1]))
            return zip(claims, chunks).map { claim, chunks in
                held.contains(claim.job) ? .success(chunks) : .failure(.leaseLost(claim.job))
            }
        }
    }

    static func pendings(_ pool: PostgresPool) -> JobWrites<PendingChunks, [PendingChunk]> {
        JobWrites(
            of: \.job.claim.job, kind: { "\($0.limit)" }, weightMax: textsInSetMax,
            weight: \.countMax
        ) { pendings throws(JobFailure) in
            try chunks(of: pendings, try await pool.run(query(pendings))).map { .success($0) }
        }
    }

    private static func query(_ pendings: [PendingChunks]) -> PostgresStatement {
        Query.pendingChunks(
            pendings.map(\.job.document.uuid), pendings.map { Int32($0.job.generation) },
            pendings.map { Int32($0.after) }, pendings[0].limit)
    }

    /// Returns the chunks of each document, in the order of `pendings`.
    private static func chunks(
        of pendings: [PendingChunks], _ rows: PostgresRows
    ) throws(JobFailure) -> [[PendingChunk]] {
        var chunks: [UUID: [PendingChunk]] = [:]
        do {
            for row in rows {
                let chunk = Chunk(
                    ord: try row.decode(1), text: try row.decode(2), utf8Range: 0..<0, tokens: nil,
                    headings: try row.decode(3), pages: nil)
                chunks[try row.decode(0), default: []].append(
                    PendingChunk(ord: chunk.ord, input: chunk.embeddingInput))
            }
        } catch {
            throw JobFailure(store: error)
        }
        return pendings.map { chunks[$0.job.document.uuid] ?? [] }
    }

    /// Maximum vectors of several documents in one statement.
    private static let vectorsInSetMax = 512

    /// The value is whether the job was handed to the flush queue; it only counts with `areLast`.
    static func vectors(_ pool: PostgresPool) -> JobWrites<StagedVectors, Bool> {
        JobWrites(
            of: \.job.claim.job, kind: { $0.areLast ? "last" : "" }, weightMax: vectorsInSetMax,
            weight: { $0.vectors.count }
        ) { batches throws(JobFailure) in
            let claims = batches.map(\.job.claim)
            // The job of each vector.
            let jobs = batches.flatMap { batch in batch.ords.map { _ in batch.job } }
            let staging = Query.stageVectors(
                claims.jobs, claims.tokens, jobs.map(\.claim.job.uuid),
                jobs.map(\.document.uuid), jobs.map { Int32($0.generation) },
                batches.flatMap { $0.ords.map(Int32.init) },
                PostgresVectorArray(batches.flatMap(\.vectors)),
                batches.flatMap { $0.vectors.map { PostgresBits(Sketch(of: $0).words) } })
            let handingOn = Query.completeEmbedding(claims.jobs, claims.tokens)
            let answers = try await pool.runTogether(
                batches[0].areLast ? [staging, handingOn] : [staging])
            let (held, done) = (try answers[0].jobs(), try answers[answers.count - 1].jobs())
            return claims.map { claim in
                held.contains(claim.job)
                    ? .success(done.contains(claim.job)) : .failure(.leaseLost(claim.job))
            }
        }
    }

    /// The value is whether the job was handed to the flush queue.
    static func embeddings(_ pool: PostgresPool) -> JobWrites<Claim, Bool> {
        JobWrites(of: \.job) { claims throws(JobFailure) in
            let rows = try await pool.run(Query.completeEmbedding(claims.jobs, claims.tokens))
            let done = try rows.jobs()
            return claims.map { .success(done.contains($0.job)) }
        }
    }
}
