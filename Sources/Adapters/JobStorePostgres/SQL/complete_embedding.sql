-- Hands a document to the flush queue once every chunk has its vector.
-- No row: the claim is lost, or vectors are missing.
-- $1 job, $2 claim
-- Locks: the job's row. Index: upload_jobs_pkey, document_vector_buffer_pkey.
UPDATE upload_pipeline.upload_jobs j
SET state = 'done', claim_id = NULL, claimed_by = NULL, claimed_at = NULL, lease_until = NULL,
    stage_deadline = NULL, attempt = 0, retry_count = 0, run_at = clock_timestamp(),
    notify_at = clock_timestamp() + interval '30 s', notify_count = 0,
    updated_at = clock_timestamp()
WHERE job_id = $1 AND claim_id = $2 AND state = 'working'
  AND expected_chunks = (
    SELECT count(*) FROM upload_pipeline.document_vector_buffer v
    WHERE v.document_id = j.document_id AND v.generation = j.generation)
RETURNING job_id;
