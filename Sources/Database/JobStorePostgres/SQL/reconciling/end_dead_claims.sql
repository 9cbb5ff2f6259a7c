-- R2: ends the claims of processes that have died. A claim older than the database server's start
-- was interrupted together with the server: its job is queued again and the attempt does not count,
-- at most attempts_max times. Otherwise the job may have killed its worker, so the attempt counts.
-- $1 sessions, $2 limit, $3 retry base seconds, $4 retry cap seconds
-- Locks: the rows; SKIP LOCKED. The condition is re-checked under the lock, so a job completed in
-- the meantime is left alone.
-- Index: upload_jobs_lease.
WITH dead AS MATERIALIZED (
    SELECT job_id,
        coalesce(claimed_at < pg_postmaster_start_time(), false)
            AND interruptions < attempts_max AS is_interrupted
    FROM upload_pipeline.upload_jobs
    WHERE state = 'working' AND worker_session = ANY ($1::bigint[])
    ORDER BY lease_until
    LIMIT $2::bigint
    FOR UPDATE SKIP LOCKED
)
UPDATE upload_pipeline.upload_jobs j
SET state = CASE WHEN is_interrupted THEN 'queued'
                 WHEN attempt >= attempts_max THEN 'deadletter' ELSE 'retryable' END,
    interruptions = interruptions + is_interrupted::integer,
    retry_count = retry_count + (NOT is_interrupted)::integer,
    last_error = CASE WHEN is_interrupted THEN last_error
        ELSE upload_pipeline.described_error(
            'worker_died', claimed_by || ' has ended', retry_count + 1) END,
    run_at = clock_timestamp() + upload_pipeline.retry_delay(attempt, $3::float8, $4::float8)
FROM dead WHERE j.job_id = dead.job_id
RETURNING j.job_id, j.state;
