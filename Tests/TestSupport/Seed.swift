package import Domain
import FoundationEssentials
package import JobStorePostgres
import Pipeline
import Postgres

/// Test data that is written directly to a database.
extension TestDatabase {
    package var store: PostgresJobStore { PostgresJobStore(pool: pool) }

    /// Inserts a document with a job at a position. Its tenant is new unless `tenant` is given.
    package func seedJob(
        _ position: Position = Position(.queued, .queued), of tenant: TenantID = TenantID()
    ) async throws -> JobID {
        let rows = try await pool.query(
            PostgresStatement(
                """
                WITH d AS (
                    INSERT INTO upload_pipeline.documents
                        (user_id, filename, mime, bytes_len, file_sha256, raw_path)
                    VALUES ($3::uuid, 'a.txt', 'text/plain', 3,
                        encode(sha256(gen_random_uuid()::text::bytea), 'hex'),
                        'storage://raw/u/d.txt')
                    RETURNING document_id)
                INSERT INTO upload_pipeline.upload_jobs (document_id, stage, state, finished_at,
                    last_error)
                SELECT document_id, $1::text, $2::text,
                    CASE WHEN $2::text = 'deadletter' THEN now() END,
                    CASE WHEN $2::text IN ('deadletter', 'retryable') THEN
                        '{"error_type":"x","message":"y","timestamp":"z","retry_count":1}'::jsonb
                    END
                FROM d RETURNING job_id
                """, position.stage.rawValue, position.state.rawValue,
                tenant.uuid))
        return JobID(try rows[0].decode(0))
    }

    /// Inserts documents with one job each, one after another.
    package func seedJobs(_ count: Int, of tenant: TenantID? = nil) async throws -> [JobID] {
        var jobs: [JobID] = []
        for _ in 0..<count { jobs.append(try await seedJob(of: tenant ?? TenantID())) }
        return jobs
    }

    package func position(_ job: JobID) async throws -> String {
        try await texts(
            "SELECT stage || '/' || state FROM upload_pipeline.upload_jobs "
                + "WHERE job_id = '\(job)'"
        ).joined()
    }

    package func claim(
        _ jobs: [JobID], _ queue: WorkQueue = .parse, worker: String = "tester",
        lease: Duration = .seconds(90)
    ) async throws -> [ClaimedJob] {
        try await store.claim(
            jobs, from: queue, as: worker, on: ClaimTerms(lease: lease, deadline: .seconds(900)))
    }

    /// Moves a job through parsing, using only the store.
    package func parsed(_ job: JobID) async throws {
        try await finishParsing(try await claim([job])[0])
    }

    /// Writes what a parse-worker records for a claimed job.
    package func finishParsing(_ job: ClaimedJob) async throws(JobFailure) {
        let steps = [Stage.jobValidated, .parsing].filter { $0 > job.stage }
        if !steps.isEmpty { try await store.advance(job.claim, through: steps) }
        try await Self.completeParsing(job.claim, with: store)
    }

    package static func completeParsing(
        _ claim: Claim, with store: PostgresJobStore
    ) async throws(JobFailure) {
        try await store.completeParsing(
            claim,
            ParsedText(
                path: "storage://parsed/u/d.md", sha256: String(repeating: "a", count: 64),
                report: ParseReport(parser: "test", pages: 2)))
    }

    package func chunked(_ job: JobID, count: Int = 3) async throws {
        let claimed = try await claim([job], .chunk)[0]
        try await store.completeChunking(
            claimed, chunks: Self.chunks(count), in: .english,
            by: ChunkerIdentity(name: "markdown", version: "1"))
    }

    package func embedded(_ job: JobID) async throws {
        let claimed = try await claim([job], .embed)[0]
        let pending = try await store.beginEmbedding(claimed, in: Self.space, limit: 100)
        try await store.stageVectors(
            pending.map { Self.vector($0.ord) }, ords: pending.map(\.ord), of: claimed,
            areLast: true)
    }

    package static let space = EmbeddingSpace(model: "test", version: "1", width: 1536)

    package static func chunks(_ count: Int) -> [Chunk] {
        (0..<count).map {
            Chunk(
                ord: $0, text: "Chunk number \($0)", utf8Range: $0 * 20..<$0 * 20 + 15, tokens: 4,
                headings: ["Title"], pages: 1...1)
        }
    }

    package static func vector(_ seed: Int) -> [Float] {
        (0..<EmbeddingSpace.storedWidth).map { Float(($0 * 31 + seed * 17) % 101) / 101 + 0.01 }
    }
}
