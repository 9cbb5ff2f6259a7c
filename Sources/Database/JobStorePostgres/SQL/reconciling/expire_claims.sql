-- R2 and R3: ends claims whose lease has expired because the worker sends no heartbeats, or whose
-- stage deadline has passed although their leases are extended.
-- $1 'lease_expired' or 'deadline_exceeded', $2 limit, $3 retry base seconds, $4 retry cap seconds
-- Locks: the rows; SKIP LOCKED. The condition is re-checked under the lock, so a job completed in
-- the meantime is left alone.
-- Index: upload_jobs_lease; for deadlines all of it, which covers only the few claimed jobs.
UPDATE upload_pipeline.upload_jobs
SET state = CASE WHEN attempt >= attempts_max THEN 'deadletter' ELSE 'retryable' END,
    retry_count = retry_count + 1,
    last_error = upload_pipeline.described_error($1::text,
        CASE $1::text WHEN 'lease_expired' THEN 'no heartbeat from ' || claimed_by
                      ELSE 'stage deadline passed at ' || claimed_by END, retry_count + 1),
    run_at = clock_timestamp() + upload_pipeline.retry_delay(attempt, $3::float8, $4::float8)
WHERE job_id = ANY (ARRAY(
    SELECT job_id FROM upload_pipeline.upload_jobs
    WHERE state = 'working'
      AND lease_until < CASE $1::text WHEN 'lease_expired' THEN statement_timestamp()
                                      ELSE 'infinity' END
      AND ($1::text = 'lease_expired' OR stage_deadline < statement_timestamp())
    ORDER BY lease_until
    LIMIT $2::bigint
    FOR UPDATE SKIP LOCKED))
RETURNING job_id, state;
