-- R3: ends claims that have passed their stage deadline, although their leases are extended.
-- $1 limit, $2 retry base seconds, $3 retry cap seconds
-- Locks: the rows; SKIP LOCKED. The condition is re-checked under the lock, so a job completed in
-- the meantime is left alone. Index: upload_jobs_lease.
UPDATE upload_pipeline.upload_jobs
SET state = CASE WHEN attempt >= attempts_max THEN 'deadletter' ELSE 'retryable' END,
    finished_at = CASE WHEN attempt >= attempts_max THEN clock_timestamp() END,
    retry_count = retry_count + 1,
    last_error = jsonb_build_object('error_type', 'deadline_exceeded', 'message',
        'stage deadline passed at ' || claimed_by,
        'timestamp', clock_timestamp(), 'retry_count', retry_count + 1),
    run_at = clock_timestamp() + make_interval(secs => (0.75 + 0.5 * random())
        * least($3::float8, $2::float8 * power(2, greatest(attempt - 1, 0)))),
    claim_id = NULL, claimed_by = NULL, claimed_at = NULL, lease_until = NULL,
    stage_deadline = NULL, updated_at = clock_timestamp()
WHERE job_id = ANY (ARRAY(
    SELECT job_id FROM upload_pipeline.upload_jobs
    WHERE state = 'working' AND stage_deadline < statement_timestamp()
    ORDER BY stage_deadline
    LIMIT $1
    FOR UPDATE SKIP LOCKED))
RETURNING job_id, state;
