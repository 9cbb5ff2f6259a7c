-- R2: work whose worker no longer says that it lives.
-- $1 limit, $2 retry base seconds, $3 retry cap seconds
-- The claim is looked at again inside the UPDATE: who completed meanwhile is left alone.
-- Locks: the rows, those locked by others skipped. Index: upload_jobs_lease.
WITH dead AS (
    SELECT job_id, claim_id FROM upload_pipeline.upload_jobs
    WHERE state = 'working' AND lease_until < statement_timestamp()
    ORDER BY lease_until
    LIMIT $1
    FOR UPDATE SKIP LOCKED
)
UPDATE upload_pipeline.upload_jobs j
SET state = CASE WHEN j.attempt >= j.attempts_max THEN 'deadletter' ELSE 'retryable' END,
    finished_at = CASE WHEN j.attempt >= j.attempts_max THEN clock_timestamp() END,
    retry_count = j.retry_count + 1,
    last_error = jsonb_build_object('error_type', 'lease_expired', 'message',
        'no heartbeat from ' || j.claimed_by,
        'timestamp', clock_timestamp(), 'retry_count', j.retry_count + 1),
    run_at = clock_timestamp() + make_interval(secs => (0.75 + 0.5 * random())
        * least($3::float8, $2::float8 * power(2, greatest(j.attempt - 1, 0)))),
    claim_id = NULL, claimed_by = NULL, claimed_at = NULL, lease_until = NULL,
    stage_deadline = NULL, updated_at = clock_timestamp()
FROM dead
WHERE j.job_id = dead.job_id AND j.claim_id = dead.claim_id AND j.state = 'working'
RETURNING j.job_id, j.state;
