import CataloguePostgres
import Domain
import FoundationEssentials
import JobStorePostgres
import Postgres
import TestCluster

/// The second table: times of the shipped statements, next to the earlier system's figures.
///
/// Statements of one job move 800 jobs, and statements of 64 jobs move 1,920. The tables also
/// contain 10,000 finished jobs with their events.
@MainActor
package struct Figures {
    private let plan: ValidationPlan
    static let setSize = 64
    private static let chunksInSet = 4

    package init(_ plan: ValidationPlan) { self.plan = plan }

    /// - Throws: `TrialFailure` when the plan has no server log to read times from.
    package func measure() async throws -> [Figure] {
        guard let log = plan.serverLog else { throw TrialFailure("there is no server log") }
        return try await measure(log)
    }

    private func measure(_ log: ServerLog) async throws -> [Figure] {
        try await TrialDatabase.withTemporary(on: plan.server) { database in
            try await prepare(database)
            let bench = FigureBench(url: database.url, log: log)
            let alone = bench.makeJobs(800, chunks: 1)
            let sets = bench.makeJobs(Self.setSize * 30, chunks: Self.chunksInSet)
            let cohorts = Cohorts(
                alone: alone.batches(of: 1), sets: sets.batches(of: Self.setSize))
            try await JobFigures(bench: bench, cohorts: cohorts).measure()
            try await ChunkFigures(bench: bench, cohorts: cohorts).measure()
            try await ErrorFigures(bench: bench).measure()
            await bench.pool.close()
            try await RoomFigures(bench: bench, database: database).measure()
            return bench.figures
        }
    }

    /// The batches of both sizes.
    struct Cohorts {
        var alone: [[FigureBench.Job]]
        var sets: [[FigureBench.Job]]
    }

    private func prepare(_ database: TrialDatabase) async throws {
        for setting in ["log_min_duration_statement = 0", "log_parameter_max_length = 0"] {
            try await database.execute(
                """
                DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET \(setting)',
                    current_database()); END $$
                """)
        }
        try await database.execute(
            """
            WITH d AS (
                INSERT INTO upload_pipeline.documents (user_id, filename, mime, bytes_len,
                    file_sha256, raw_path)
                SELECT gen_random_uuid(), n || '.md', 'text/markdown', 1,
                    encode(sha256(n::text::bytea), 'hex'), 'storage://' || n
                FROM generate_series(1, 10000) n RETURNING document_id, user_id)
            INSERT INTO upload_pipeline.upload_jobs (document_id, user_id, stage, state,
                finished_at, expected_chunks)
            SELECT document_id, user_id, 'embedded', 'done', now(), 1 FROM d
            """)
        try await database.execute(
            """
            INSERT INTO upload_pipeline.events (job_id, document_id, type, severity, code)
            SELECT job_id, document_id, 'stage_done', 'info', 'parsed'
            FROM upload_pipeline.upload_jobs, generate_series(1, 10)
            """)
        try await database.execute("VACUUM ANALYZE")
    }
}

/// Measures creating, claiming and moving jobs, and writing the event of each move.
@MainActor
struct JobFigures {
    let bench: FigureBench
    let cohorts: Figures.Cohorts

    func measure() async throws {
        try await add("create a job", "<1 ms", "accept.sql", FigureBench.accept)
        let claim = { FigureBench.claim($0, .parse) }
        bench.add(
            Figure(
                name: "claim jobs by hint", there: "not stated", statement: "claim.sql",
                alone: try await bench.claim(cohorts.alone, claim),
                set: (Figures.setSize, try await bench.claim(cohorts.sets, claim))))
        try await add("update a job", "<1 ms", "advance.sql") {
            FigureBench.advance($0, .jobValidated)
        }
        bench.add(
            Figure(
                name: "log an event", there: "<0.5 ms",
                statement: "trigger record_transitions within advance.sql, by EXPLAIN ANALYZE",
                alone: try await bench.triggerTimes(cohorts.alone) {
                    FigureBench.advance($0, .parsing)
                },
                set: (
                    Figures.setSize,
                    try await bench.triggerTimes(cohorts.sets) { FigureBench.advance($0, .parsing) }
                )))
        let batches = cohorts.alone + cohorts.sets
        try await bench.run(batches) { FigureBench.advance($0, .parsed) }
        try await add("complete a stage", "not stated", "complete_parsing.sql") { jobs in
            FigureBench.Jobs.completeParsing(
                jobs.ids, jobs.tokens, jobs.map { _ in "storage://parsed/u/d.md" },
                jobs.map { _ in String(repeating: "a", count: 64) }, jobs.map { _ in "{}" })
        }
        bench.add(
            Figure(
                name: "claim jobs from the table", there: "not stated",
                statement: "claim_waiting.sql",
                alone: try await bench.claimWaiting(
                    1, from: .chunk, times: cohorts.alone.count),
                set: (
                    Figures.setSize,
                    try await bench.claimWaiting(Figures.setSize, from: .chunk)
                )))
    }

    private func add(
        _ name: String, _ there: String, _ file: String,
        _ statement: ([FigureBench.Job]) -> PostgresStatement
    ) async throws {
        bench.add(
            Figure(
                name: name, there: there, statement: file,
                alone: try await bench.run(cohorts.alone, statement),
                set: (Figures.setSize, try await bench.run(cohorts.sets, statement))))
    }
}

extension FigureBench {
    static func accept(_ jobs: [Job]) -> PostgresStatement {
        Catalogue.accept(
            jobs.documents, jobs.map(\.user), jobs.map { _ in "a.md" },
            jobs.map { _ in "text/markdown" }, jobs.map { _ in 100 },
            jobs.map { String(hash: $0.id) }, jobs.map { "storage://raw/\($0.user)/d.md" },
            jobs.ids, jobs.map { _ in "" }, jobs.map { "\($0.id)" }, 5)
    }

    /// - Parameter lease: in seconds.
    static func claim(
        _ jobs: [Job], _ queue: WorkQueue, lease: Double = 900
    ) -> PostgresStatement {
        Jobs.claim(
            jobs.ids, queue.rawValue, "validation", lease, Double(900), Int.max, nil as Int64?)
    }

    static func claimWaiting(_ count: Int, _ queue: WorkQueue) -> PostgresStatement {
        Jobs.claimWaiting(
            count, queue.rawValue, "validation", Double(900), Double(900), Int.max, [UUID](),
            TenantID.first.uuid, nil as Int64?)
    }

    static func advance(_ jobs: [Job], _ stage: Stage) -> PostgresStatement {
        Jobs.advance(jobs.ids, jobs.tokens, stage.rawValue)
    }
}

extension String {
    /// 64 hexadecimal digits that no other document has.
    fileprivate init(hash id: UUID) {
        let digits = id.uuidString.lowercased().filter { $0 != "-" }
        self = digits + digits
    }
}
