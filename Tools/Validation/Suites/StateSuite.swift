import Domain
import TestCluster

/// Counts of a clean start, every way in which a job can begin, and rows that must never exist.
@MainActor
struct StateSuite {
    let plan: ValidationPlan
    let ledger: Ledger

    func run() async throws {
        try await plan.withCluster("state") { cluster, database in
            try await cluster.begin(["ingest-api", "reconciler"] + TestCluster.workers)
            await ledger.record(.cleanStart) { try await cleanStart($0, cluster, database) }
            await ledger.record(.origins) { try await origins($0, cluster, database) }
            await ledger.record(.noOrphans) { try await noOrphans($0, database) }
        }
    }

    /// All tables are empty before the first document.
    private func cleanStart(
        _ checks: Checks, _ cluster: TestCluster, _ database: TrialDatabase
    ) async throws {
        checks.done = "Migrated an empty database, started all programs, counted rows."
        checks.expected = "0 rows in each table; the API reports no jobs."
        for table in [
            "documents", "upload_jobs", "document_chunks", "document_chunk_buffer",
            "document_vector_buffer", "events",
        ] {
            checks.equal(table, try await database.count("upload_pipeline." + table), 0)
        }
        checks.equal("stages in GET /v1/pipeline", try await cluster.client().counts().count, 0)
    }

    /// Jobs are picked up wherever they begin, whether the API or plain SQL wrote them.
    private func origins(
        _ checks: Checks, _ cluster: TestCluster, _ database: TrialDatabase
    ) async throws {
        let count = plan.scale.documents
        checks.done = """
            Uploaded \(count) documents and inserted \(count) jobs by plain SQL at each of \
            queued/queued, parse_validated/done, embedding/done and parsing/retryable.
            """
        checks.expected = "The constraints accept all; all reach embedded/done with their chunks."
        let uploads = try await cluster.client().upload(count, as: "upload")
        var jobs = ["upload": uploads.map(\.job_id)]
        for origin in PlainJob.Origin.allCases {
            jobs[origin.rawValue] = try await PlainJob.insert(
                count, at: origin, cluster, database)
        }
        try await cluster.until("all jobs have ended", within: .seconds(120)) {
            try await database.unfinished() == 0
        }
        for (origin, ids) in jobs.sorted(by: { $0.key < $1.key }) {
            let list = ids.map { "'\($0)'" }.joined(separator: ",")
            let done = try await database.count(
                """
                upload_pipeline.upload_jobs j WHERE job_id IN (\(list))
                    AND (stage, state) = ('embedded', 'done') AND expected_chunks = (
                        SELECT count(*) FROM upload_pipeline.document_chunks c
                        WHERE c.document_id = j.document_id)
                """)
            checks.equal("from \(origin) to embedded/done", done, count)
        }
        try await timesToEnd(checks, database)
    }

    private func timesToEnd(_ checks: Checks, _ database: TrialDatabase) async throws {
        guard plan.isTimed else { return }
        let seconds = try await database.texts(
            """
            SELECT extract(epoch FROM finished_at - created_at)::float8
            FROM upload_pipeline.upload_jobs
            """
        ).compactMap { Double($0) }
        checks.note("seconds until done, p50 and p99", seconds.quantiles.inSeconds)
    }

    /// No row is an orphan, and only legal pairs of stage and state were ever seen.
    private func noOrphans(_ checks: Checks, _ database: TrialDatabase) async throws {
        checks.done = """
            Looked for rows without their parents, and compared each pair of stage and state in \
            rows and events with the allowed ones.
            """
        checks.expected = "0 orphans; all pairs are among the 32 allowed ones."
        try await database.checkOrphans(checks)
        let legal = Set(Position.all.filter(\.isLegal).map(\.description))
        let seen = Set(
            try await database.texts(
                """
                SELECT stage || '/' || state FROM upload_pipeline.upload_jobs
                UNION SELECT (payload ->> 'to_stage') || '/' || (payload ->> 'to_state')
                FROM upload_pipeline.events
                """))
        checks.equal("allowed pairs in the rules", legal.count, 32)
        checks.equal("forbidden pairs seen", seen.subtracting(legal).sorted(), [])
        checks.note("allowed pairs seen", "\(seen.count)")
    }
}
