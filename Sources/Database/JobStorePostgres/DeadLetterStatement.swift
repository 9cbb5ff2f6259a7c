/// The SQL statements on dead letters. They share one condition and are therefore defined here and
/// not in files.
enum DeadLetterStatement: CaseIterable {
    case causes, list, count, redrive, purge, show, history

    /// Parameters: code, stage and job, each NULL for any; then the limit, except for `causes` and
    /// `count`. `show` and `history` take only the job.
    var sql: String {
        switch self {
        case .causes:
            """
            SELECT j.last_error ->> 'error_type', j.stage, count(*),
                min(j.finished_at)::timestamptz(0)::text, max(j.finished_at)::timestamptz(0)::text,
                (array_agg(j.last_error ->> 'message' ORDER BY j.finished_at DESC))[1]
            FROM upload_pipeline.upload_jobs j WHERE \(Self.condition)
            GROUP BY 1, 2 ORDER BY 3 DESC, 1, 2
            """
        case .list:
            """
            SELECT j.job_id::text, d.filename, j.stage, j.last_error ->> 'error_type',
                j.last_error ->> 'message', j.finished_at::timestamptz(0)::text
            FROM upload_pipeline.upload_jobs j JOIN upload_pipeline.documents d USING (document_id)
            WHERE \(Self.condition)
            ORDER BY j.finished_at DESC LIMIT $4::bigint
            """
        case .count:
            "SELECT count(*) FROM upload_pipeline.upload_jobs j WHERE \(Self.condition)"
        case .redrive:
            """
            WITH chosen AS (
                SELECT j.job_id FROM upload_pipeline.upload_jobs j
                WHERE \(Self.condition)
                ORDER BY j.finished_at LIMIT $4::bigint FOR UPDATE SKIP LOCKED
            ), moved AS (
                UPDATE upload_pipeline.upload_jobs j SET state = 'queued'
                FROM chosen WHERE j.job_id = chosen.job_id
                RETURNING j.job_id
            )
            SELECT count(*) FROM moved
            """
        case .show:
            """
            SELECT d.document_id::text, d.filename, d.mime, d.bytes_len, d.user_id::text, j.stage,
                j.attempt, j.attempts_max, j.last_error ->> 'error_type',
                j.last_error ->> 'message', d.created_at::timestamptz(0)::text,
                j.finished_at::timestamptz(0)::text
            FROM upload_pipeline.upload_jobs j JOIN upload_pipeline.documents d USING (document_id)
            WHERE j.job_id = $1::uuid AND j.state = 'deadletter'
            """
        case .history:
            """
            SELECT ts::timestamptz(3)::text, code, concat_ws('/', payload ->> 'to_stage',
                payload ->> 'to_state'), coalesce(payload ->> 'attempt', ''),
                coalesce(payload ->> 'worker', payload ->> 'by', ''),
                coalesce(payload -> 'error' ->> 'message', '')
            FROM upload_pipeline.events WHERE job_id = $1::uuid ORDER BY event_id
            """
        case .purge:
            // Runs as the schema's owner, so that operators can delete dead letters and no more.
            """
            SELECT upload_pipeline.purge_dead_letters($1::text, $2::text, $3::uuid, $4::bigint)
            """
        }
    }

    private static let condition = """
        j.state = 'deadletter'
            AND ($1::text IS NULL OR j.last_error ->> 'error_type' = $1)
            AND ($2::text IS NULL OR j.stage = $2)
            AND ($3::uuid IS NULL OR j.job_id = $3)
        """
}
