-- Queues retries that have become due. Returns them, so that hints can be sent.
-- $1 limit
-- Locks: the rows; SKIP LOCKED. Index: upload_jobs_retry.
UPDATE upload_pipeline.upload_jobs
SET state = 'queued', hint_at = clock_timestamp() + interval '30 s', hint_count = 0,
    updated_at = clock_timestamp()
WHERE job_id = ANY (ARRAY(
    SELECT job_id FROM upload_pipeline.upload_jobs
    WHERE state = 'retryable' AND run_at <= statement_timestamp()
    ORDER BY run_at
    LIMIT $1
    FOR UPDATE SKIP LOCKED))
RETURNING job_id, waiting_for;
