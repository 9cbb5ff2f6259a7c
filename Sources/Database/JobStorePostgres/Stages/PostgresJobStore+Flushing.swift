import Concurrency
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
                let flush = Query.flush(claims.jobs, claims.tokens, 0, Int(Int32.max), [UUID]())
                for row in try await connection.query(flush) {
                    let slice = try FlushedSlice(row)
                    // Fails the whole set; the coalescer then retries each job on its own.
                    try slice.check(moved: slice.moved)
                    moved[slice.job] = slice.moved
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
        guard await writes.longFlushes.acquire() else {
            throw .transient(.worker(.cancelled), "the flush was cancelled")
        }
        defer { writes.longFlushes.release() }
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
        func flush(_ claims: [Claim], from start: Int, of jobs: [JobID]) async throws
            -> FlushedSlice?
        {
            let statement = Query.flush(
                claims.jobs, claims.tokens, start, start + chunksInSetMax, jobs.map(\.uuid))
            return try await connection.query(statement).first.map(FlushedSlice.init)
        }
        guard var slice = try await flush([claim], from: 0, of: []) else { return nil }
        var (moved, start) = (slice.moved, chunksInSetMax)
        // Beyond the plan, the slices only delete the rest of a longer previous generation.
        while start < slice.planned || slice.replaced > 0 {
            guard let next = try await flush([], from: start, of: [claim.job]) else {
                // Thrown, because returning would commit the slices that were moved.
                throw JobFailure.permanent(
                    .database(.chunksMissing), "the job or its document ended during the flush")
            }
            slice = next
            moved += slice.moved
            start += chunksInSetMax
        }
        try slice.check(moved: moved)
        return moved
    }
}

/// The result of `flush.sql` for one job.
private struct FlushedSlice {
    let job: JobID
    let moved: Int
    let planned: Int
    /// Chunks of the previous generation that were deleted.
    let replaced: Int

    init(_ row: PostgresRow) throws {
        job = JobID(try row.decode(0))
        moved = try row.decode(1)
        planned = try row.decode(2)
        replaced = try row.decode(3)
    }

    /// - Throws: `chunks_missing` unless as many chunks were moved as were planned.
    func check(moved: Int) throws(JobFailure) {
        guard moved == planned else {
            throw .permanent(
                .database(.chunksMissing), "\(moved) chunks in the buffers, \(planned) planned")
        }
    }
}
