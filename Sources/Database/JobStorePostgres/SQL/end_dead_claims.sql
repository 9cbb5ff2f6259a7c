-- R2: ends the claims of processes that have died. A claim older than the database server's start
-- was interrupted together with the server: its job is queued again and the attempt does not count,
-- at most attempts_max times. Otherwise the job may have killed its worker, so the attempt counts.
-- $1 sessions, $2 limit, $3 retry base seconds, $4 retry cap seconds
-- Locks: the rows; SKIP LOCKED. The condition is re-checked under the lock, so a job completed in
-- the meantime is left alone. Index: upload_jobs_lease.
WITH dead AS MATERIALIZED (
    SELECT job_id,
        claimed_at < pg_postmaster_start_time() AND interruptions < attempts_max AS is_interrupted
    FROM upload_pipeline.upload_jobs
    WHERE state = 'working' AND worker_session = ANY ($1::bigint[])
    ORDER BY lease_until
    LIMIT $2::bigint
    FOR UPDATE SKIP LOCKED
)
UPDATE upload_pipeline.upload_jobs j
SET state = CASE WHEN is_interrupted THEN 'queued'
                 WHEN attempt >= attempts_max THEN 'deadletter' ELSE 'retryable' END,
    finished_at = CASE WHEN NOT is_interrupted AND attempt >= attempts_max
                       THEN clock_timestamp() END,
    attempt = CASE WHEN is_interrupted THEN attempt - 1 ELSE attempt END,
    interruptions = CASE WHEN is_interrupted THEN interruptions + 1 ELSE interruptions END,
    retry_count = CASE WHEN is_interrupted THEN retry_count ELSE retry_count + 1 END,
    last_error = CASE WHEN is_interrupted THEN last_error ELSE
        jsonb_build_object('error_type', 'worker_died', 'message', claimed_by || ' has ended',
            'timestamp', clock_timestamp(), 'retry_count', retry_count + 1) END,
    run_at = CASE WHEN is_interrupted THEN clock_timestamp() ELSE
        clock_timestamp() + make_interval(secs => (0.75 + 0.5 * random())
            * least($4::float8, $3::float8 * power(2, greatest(attempt - 1, 0)))) END,
    hint_at = CASE WHEN is_interrupted THEN clock_timestamp() ELSE hint_at END,
    hint_count = CASE WHEN is_interrupted THEN 0 ELSE hint_count END,
    claim_id = NULL, claimed_by = NULL, claimed_at = NULL, lease_until = NULL,
    stage_deadline = NULL, updated_at = clock_timestamp()
FROM dead WHERE j.job_id = dead.job_id
RETURNING j.job_id, j.state;
