-- Hands a chunked document to the embed queue; its chunks follow in the same transaction.
-- No row: the claim is lost, roll back.
-- $1 job, $2 claim, $3 number of chunks
-- Locks: the job's row. Index: upload_jobs_pkey.
UPDATE upload_pipeline.upload_jobs
SET stage = 'chunks_buffered', expected_chunks = $3,
    state = 'done', claim_id = NULL, claimed_by = NULL, claimed_at = NULL, lease_until = NULL,
    stage_deadline = NULL, attempt = 0, retry_count = 0, run_at = clock_timestamp(),
    notify_at = clock_timestamp() + interval '30 s', notify_count = 0,
    updated_at = clock_timestamp()
WHERE job_id = $1 AND claim_id = $2 AND state = 'working'
RETURNING job_id;
