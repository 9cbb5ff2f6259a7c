import Domain
import JobStorePostgres
import Pipeline
import Postgres
import TestCluster

/// Writes chunks by the shipped workers' store: claims jobs, stages texts and vectors, moves both.
struct BufferedWrites: Sendable {
    let rows: SampleRows
    let store: PostgresJobStore

    /// Vectors per statement, as in an embed-worker.
    private static let vectorsAtOnce = 500
    /// Rows after which a flusher vacuums the buffers.
    static let rowsPerVacuum = 4096

    /// Short, so that an abandoned claim ends soon.
    private static let terms = ClaimTerms(lease: .seconds(1), deadline: .seconds(60))

    func claim(_ queue: WorkQueue) async throws -> ClaimedJob {
        let jobs = try await store.claimWaiting(
            ClaimLimits(1), from: queue, as: "validation", on: Self.terms)
        guard let job = jobs.first else { throw TrialFailure("no job waits for \(queue)") }
        return job
    }

    /// Processes one document from its text to searchable chunks.
    func carryDocument() async throws {
        try await chunk()
        try await embed(try await claim(.embed))
        try await flush()
    }

    func chunk() async throws {
        let chunks = (0..<rows.rowsPerDocument).map(rows.chunk)
        try await store.completeChunking(
            try await claim(.chunk), chunks: chunks, in: .english, by: SampleRows.chunker)
    }

    func pending(_ job: ClaimedJob) async throws -> [Int] {
        try await store.beginEmbedding(
            job, in: SampleRows.space, limit: rows.rowsPerDocument
        ).map(\.ord)
    }

    /// Stages vectors for all chunks that lack one. Returns how many.
    @discardableResult
    func embed(_ job: ClaimedJob) async throws -> Int {
        let missing = try await pending(job)
        for start in stride(from: 0, to: missing.count, by: Self.vectorsAtOnce) {
            let end = min(start + Self.vectorsAtOnce, missing.count)
            try await stage(Array(missing[start..<end]), of: job, areLast: end == missing.count)
        }
        return missing.count
    }

    func stage(_ ords: [Int], of job: ClaimedJob, areLast: Bool) async throws {
        try await store.stageVectors(ords.map(rows.vector), ords: ords, of: job, areLast: areLast)
    }

    func flush() async throws { _ = try await store.flush(try await claim(.flush)) }
}
