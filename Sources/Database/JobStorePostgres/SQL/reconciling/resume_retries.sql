-- Queues retries that have become due. Returns them, so that hints can be sent.
-- $1 limit
-- Locks: the rows; SKIP LOCKED.
-- Index: upload_jobs_retry.
UPDATE upload_pipeline.upload_jobs
SET state = 'queued'
WHERE job_id = ANY (ARRAY(
    SELECT job_id FROM upload_pipeline.upload_jobs
    WHERE state = 'retryable' AND run_at <= statement_timestamp()
    ORDER BY run_at
    LIMIT $1::bigint
    FOR UPDATE SKIP LOCKED))
RETURNING job_id, waiting_for;
