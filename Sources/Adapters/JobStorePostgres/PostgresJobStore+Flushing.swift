package import Domain
import FoundationEssentials
package import Pipeline
import Postgres

extension PostgresJobStore: FlushStore {
    package func flush(_ job: ClaimedJob) async throws(StageFailure) -> Int {
        try await writes.flushes(job)
    }

    /// Returns the space of moved rows to the buffers.
    package func vacuumBuffers() async throws(StageFailure) {
        for table in ["document_vector_buffer", "document_chunk_buffer"] {
            _ = try await query(
                PostgresStatement("VACUUM (TRUNCATE false) upload_pipeline.\(table)"))
        }
    }

    /// Chunks of several documents in one transaction.
    private static let chunksInSetMax = 1024

    static func flushes(_ pool: PostgresPool) -> JobWrites<ClaimedJob, Int> {
        JobWrites(
            of: \.claim.job, weightMax: chunksInSetMax, weight: { max(1, $0.expectedChunks ?? 1) }
        ) {
            jobs throws(StageFailure) in
            let claims = jobs.map(\.claim)
            let moved = try await pool.runTransaction { connection in
                var moved: [JobID: Int] = [:]
                for row in try await connection.query(Query.flush(claims.jobs, claims.tokens)) {
                    let (count, planned) = try (
                        row.decode(1, as: Int.self), row.decode(2, as: Int.self)
                    )
                    // Of a set none is moved then, and each is tried alone.
                    guard count == planned else {
                        throw StageFailure.permanent(
                            "chunks_missing", "\(count) chunks in the buffers, \(planned) planned")
                    }
                    moved[JobID(try row.decode(0))] = count
                }
                return moved
            }
            return claims.map { claim in
                moved[claim.job].map { .success($0) } ?? .failure(.leaseLost(claim.job))
            }
        }
    }
}
