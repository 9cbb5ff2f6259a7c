package import Domain
import Pipeline
import Postgres

/// Which dead letters are meant; everything given must fit.
package struct DeadLetterFilter: Sendable {
    /// The code of the failure.
    package var code: String?
    /// The stage at which the job failed.
    package var stage: Stage?
    package var job: JobID?

    package init(code: String? = nil, stage: Stage? = nil, job: JobID? = nil) {
        self.code = code
        self.stage = stage
        self.job = job
    }
}

/// Dead letters that failed with one code at one stage.
package struct DeadLetterCause: Sendable, Equatable {
    package var code: String
    package var stage: String
    package var jobs: Int
    /// When the first and the newest of them failed, as text.
    package var first: String
    package var newest: String
    /// What the newest of them said.
    package var message: String
}

/// A job that could not succeed.
package struct DeadLetter: Sendable, Equatable {
    package var job: String
    package var filename: String
    package var stage: String
    package var code: String
    package var message: String
    package var since: String
}

/// What operators do with dead letters. Statements share one condition, so they stand here and
/// not in files.
extension PostgresJobStore {
    /// Of three parameters that may be NULL.
    private static let condition = """
        j.state = 'deadletter'
            AND ($1::text IS NULL OR j.last_error ->> 'error_type' = $1)
            AND ($2::text IS NULL OR j.stage = $2)
            AND ($3::uuid IS NULL OR j.job_id = $3)
        """

    private func statement(
        _ sql: String, _ filter: DeadLetterFilter, _ more: (any PostgresEncodable)?...
    ) -> PostgresStatement {
        PostgresStatement(
            sql: sql, parameters: [filter.code, filter.stage?.rawValue, filter.job?.uuid] + more)
    }

    /// Causes by their number of jobs, the largest first.
    package func deadLetterCauses(
        _ filter: DeadLetterFilter
    ) async throws(StageFailure) -> [DeadLetterCause] {
        let sql = """
            SELECT j.last_error ->> 'error_type', j.stage, count(*),
                min(j.finished_at)::timestamptz(0)::text, max(j.finished_at)::timestamptz(0)::text,
                (array_agg(j.last_error ->> 'message' ORDER BY j.finished_at DESC))[1]
            FROM upload_pipeline.upload_jobs j WHERE \(Self.condition)
            GROUP BY 1, 2 ORDER BY 3 DESC, 1, 2
            """
        return try decode(await query(statement(sql, filter))) { row in
            DeadLetterCause(
                code: try row.decode(0), stage: try row.decode(1), jobs: try row.decode(2),
                first: try row.decode(3), newest: try row.decode(4), message: try row.decode(5))
        }
    }

    /// The newest dead letters.
    package func deadLetters(
        _ filter: DeadLetterFilter, limit: Int
    ) async throws(StageFailure) -> [DeadLetter] {
        let sql = """
            SELECT j.job_id::text, d.filename, j.stage, j.last_error ->> 'error_type',
                j.last_error ->> 'message', j.finished_at::timestamptz(0)::text
            FROM upload_pipeline.upload_jobs j JOIN upload_pipeline.documents d USING (document_id)
            WHERE \(Self.condition)
            ORDER BY j.finished_at DESC LIMIT $4::bigint
            """
        return try decode(await query(statement(sql, filter, limit))) { row in
            DeadLetter(
                job: try row.decode(0), filename: try row.decode(1), stage: try row.decode(2),
                code: try row.decode(3), message: try row.decode(4), since: try row.decode(5))
        }
    }

    package func countDeadLetters(_ filter: DeadLetterFilter) async throws(StageFailure) -> Int {
        try await count(
            "SELECT count(*) FROM upload_pipeline.upload_jobs j WHERE \(Self.condition)", filter)
    }

    /// Sends up to `limit` dead letters back to the stage at which they failed, with attempts
    /// from zero; returns how many. What was staged stays, so nothing is paid for twice. The
    /// trigger writes the event, the reconciler sends the hint.
    package func redrive(
        _ filter: DeadLetterFilter, limit: Int
    ) async throws(StageFailure) -> Int {
        try await count(
            """
            WITH chosen AS (
                SELECT j.job_id FROM upload_pipeline.upload_jobs j
                WHERE \(Self.condition)
                ORDER BY j.finished_at LIMIT $4::bigint FOR UPDATE SKIP LOCKED
            ), moved AS (
                UPDATE upload_pipeline.upload_jobs j
                SET state = 'queued', finished_at = NULL, attempt = 0, retry_count = 0,
                    run_at = clock_timestamp(), notify_at = clock_timestamp(), notify_count = 0,
                    updated_at = clock_timestamp()
                FROM chosen WHERE j.job_id = chosen.job_id
                RETURNING j.job_id
            )
            SELECT count(*) FROM moved
            """, filter, limit)
    }

    /// Deletes up to `limit` dead letters with their documents; returns how many. Their events
    /// stay, with one more that says so; the reconciler collects the blobs.
    package func purge(_ filter: DeadLetterFilter, limit: Int) async throws(StageFailure) -> Int {
        try await count(
            """
            WITH chosen AS MATERIALIZED (
                SELECT j.job_id, j.document_id, j.stage, j.last_error, j.payload
                FROM upload_pipeline.upload_jobs j
                WHERE \(Self.condition)
                ORDER BY j.finished_at LIMIT $4::bigint FOR UPDATE SKIP LOCKED
            ), told AS (
                INSERT INTO upload_pipeline.events
                    (job_id, document_id, type, severity, code, payload, correlation_id)
                SELECT job_id, document_id, 'finalized', 'info', 'purged',
                    jsonb_build_object('from_stage', stage, 'from_state', 'deadletter',
                        'error', last_error), payload ->> 'correlation_id'
                FROM chosen
            ), gone AS (
                DELETE FROM upload_pipeline.documents d USING chosen
                WHERE d.document_id = chosen.document_id
                RETURNING d.document_id
            )
            SELECT count(*) FROM gone
            """, filter, limit)
    }

    private func count(
        _ sql: String, _ filter: DeadLetterFilter, _ limit: Int? = nil
    ) async throws(StageFailure) -> Int {
        let asked = limit.map { statement(sql, filter, $0) } ?? statement(sql, filter)
        let counts: [Int] = try decode(await query(asked)) { try $0.decode(0) }
        return counts.first ?? 0
    }
}
