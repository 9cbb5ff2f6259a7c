package import Domain
import FoundationEssentials
package import Pipeline
import Postgres

extension PostgresJobStore: FlushJobStore {
    package func flush(_ job: ClaimedJob) async throws(JobFailure) -> Int {
        if job.expectedChunks ?? 1 > Self.chunksInSetMax {
            return try await flushInSlices(job.claim)
        }
        return try await writes.flushes(job)
    }

    /// Makes the space of moved rows reusable in the buffers.
    package func vacuumBuffers() async throws(JobFailure) {
        for table in ["document_vector_buffer", "document_chunk_buffer"] {
            _ = try await query(
                PostgresStatement("VACUUM (TRUNCATE false) upload_pipeline.\(table)"))
        }
    }

    /// Maximum chunks in one statement, of several documents or of one slice.
    private static let chunksInSetMax = 1024

    static func flushes(_ pool: PostgresPool) -> JobWrites<ClaimedJob, Int> {
        JobWrites(
            of: \.claim.job, weightMax: chunksInSetMax, weight: { max(1, $0.expectedChunks ?? 1) }
        ) {
            jobs throws(JobFailure) in
            let claims = jobs.map(\.claim)
            let moved = try await pool.runTransaction { connection in
                var moved: [JobID: Int] = [:]
                for row in try await connection.query(Query.flush(claims.jobs, claims.tokens)) {
                    let (count, planned) = try (
                        row.decode(1, as: Int.self), row.decode(2, as: Int.self)
                    )
                    // Fails the whole set; GroupCommit then retries each job on its own.
                    guard count == planned else {
                        throw JobFailure.permanent(
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

    /// Moves a long document in slices, in one transaction. Each statement stays within the
    /// statement timeout, regardless of the document's length. Short documents do not wait for it:
    /// it bypasses their sets, and at most two run at a time, which leaves connections free.
    /// Ends early, and moves nothing, when the task is cancelled.
    private func flushInSlices(_ claim: Claim) async throws(JobFailure) -> Int {
        guard await writes.longFlushes.take() else {
            throw .transient("cancelled", "the flush was cancelled")
        }
        defer { writes.longFlushes.give() }
        let moved = try await pool.runTransaction { connection in
            try await Self.flushInSlices(claim, on: connection)
        }
        guard let moved else { throw .leaseLost(claim.job) }
        return moved
    }

    /// - Returns: the number of chunks moved; `nil` when the claim is lost.
    /// - Throws: `chunks_missing`, or the server's error.
    private static func flushInSlices(
        _ claim: Claim, on connection: PostgresConnection
    ) async throws -> Int? {
        let fence = Query.flushFence(claim.job.uuid, claim.token.uuid)
        guard let row = try await connection.query(fence).first else { return nil }
        let planned: Int = try row.decode(0)
        let generation: Int = try row.decode(1)
        func count(_ statement: PostgresStatement) async throws -> Int {
            try await connection.query(statement).first?.decode(0) ?? 0
        }
        var moved = 0
        for start in stride(from: 0, to: planned, by: chunksInSetMax) {
            let end = min(start + chunksInSetMax, planned)
            moved += try await count(Query.flushSlice(claim.job.uuid, start, end))
        }
        guard moved == planned else {
            throw JobFailure.permanent(
                "chunks_missing", "\(moved) chunks in the buffers, \(planned) planned")
        }
        if generation > 1 {
            var (start, replaced) = (0, 1)
            while replaced > 0 {
                let end = start + chunksInSetMax
                replaced = try await count(Query.flushReplace(claim.job.uuid, start, end))
                start = end
            }
        }
        return moved
    }
}
