-- Hands documents to the flush queue once every chunk has its vector; returns those jobs. A job is
-- missing whose claim is lost, or that lacks vectors.
-- $1 job ids, $2 claim ids (same order)
-- Locks: the rows of the jobs, in key order. Index: upload_jobs_pkey, document_vector_buffer_pkey.
WITH held AS (
    SELECT j.job_id FROM upload_pipeline.upload_jobs j
    JOIN unnest($1::uuid[], $2::uuid[]) AS claim (job_id, claim_id)
      ON j.job_id = claim.job_id AND j.claim_id = claim.claim_id
    WHERE j.state = 'working'
    ORDER BY j.job_id
    FOR UPDATE OF j
)
UPDATE upload_pipeline.upload_jobs j
SET state = 'done', claim_id = NULL, claimed_by = NULL, claimed_at = NULL, lease_until = NULL,
    stage_deadline = NULL, attempt = 0, retry_count = 0, run_at = clock_timestamp(),
    notify_at = clock_timestamp() + interval '30 s', notify_count = 0,
    updated_at = clock_timestamp()
FROM held
WHERE j.job_id = held.job_id
  AND j.expected_chunks = (
    SELECT count(*) FROM upload_pipeline.document_vector_buffer v
    WHERE v.document_id = j.document_id AND v.generation = j.generation)
RETURNING j.job_id;
