package import Domain
import FoundationEssentials
package import Pipeline
import Postgres

extension PostgresJobStore: VectorStore {
    package func beginEmbedding(
        _ job: ClaimedJob, in space: VectorSpace
    ) async throws(StageFailure) {
        let (row, token) = (job.claim.job.uuid, job.claim.token.uuid)
        try await transaction { connection in
            let found = try await connection.query(Query.beginEmbedding(row, token))
            guard let pinned = found.first else { throw StageFailure.leaseLost(job.claim.job) }
            let isSame =
                try pinned.decodeIfPresent(0) == space.model
                && pinned.decodeIfPresent(1) == space.version
                && pinned.decodeIfPresent(2) == space.width
            if isSame { return }
            _ = try await connection.query(
                Query.clearVectorBuffer(job.document.uuid, job.generation))
            _ = try await connection.query(
                Query.pinVectorSpace(row, token, space.model, space.version, space.width))
        }
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
        let rows = try await query(
            Query.stageVectors(
                job.claim.job.uuid, job.claim.token.uuid, ords.map(Int32.init),
                PostgresVectorArray(vectors)))
        let fenced: [Int] = try decode(rows) { try $0.decode(0) }
        guard fenced == [1] else { throw .leaseLost(job.claim.job) }
    }

    package func completeEmbedding(_ job: ClaimedJob) async throws(StageFailure) {
        let (row, token) = (job.claim.job.uuid, job.claim.token.uuid)
        let done = try await query(Query.completeEmbedding(row, token))
        guard done.isEmpty else { return }
        guard try await !query(Query.holdsClaim(row, token)).isEmpty else {
            throw .leaseLost(job.claim.job)
        }
        throw .permanent("chunks_missing", "staged chunks and vectors differ from the plan")
    }
}

extension PostgresJobStore: FlushStore {
    package func flush(_ job: ClaimedJob) async throws(StageFailure) -> Int {
        try await transaction { connection in
            let answer = try await connection.query(
                Query.flush(job.claim.job.uuid, job.claim.token.uuid))
            guard let counts = answer.first, try counts.decode(0, as: Int.self) == 1 else {
                throw StageFailure.leaseLost(job.claim.job)
            }
            let (moved, planned) = try (
                counts.decode(1, as: Int.self), counts.decode(2, as: Int.self)
            )
            guard moved == planned else {
                throw StageFailure.permanent(
                    "chunks_missing", "\(moved) chunks in the buffers, \(planned) planned")
            }
            return moved
        }
    }

    /// Returns the space of moved rows to the buffers.
    package func vacuumBuffers() async throws(StageFailure) {
        for table in ["document_vector_buffer", "document_chunk_buffer"] {
            _ = try await query(
                PostgresStatement("VACUUM (TRUNCATE false) upload_pipeline.\(table)"))
        }
    }
}
