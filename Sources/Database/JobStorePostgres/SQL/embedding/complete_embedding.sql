-- Hands documents to the flush queue once every chunk has its vector. Returns those jobs; a job is
-- missing if its claim is lost or it lacks vectors.
-- $1 job ids, $2 claim ids
-- Locks: the rows of the jobs, in key order.
-- Index: upload_jobs_pkey, document_vector_buffer_pkey.
UPDATE upload_pipeline.upload_jobs j
SET stage = 'embedding', state = 'done'
WHERE j.job_id = ANY (ARRAY(
    SELECT job_id FROM upload_pipeline.upload_jobs
    WHERE job_id = ANY ($1::uuid[]) AND claim_id = ANY ($2::uuid[])
    ORDER BY job_id
    FOR UPDATE))
  AND j.expected_chunks = (
    SELECT count(*) FROM upload_pipeline.document_vector_buffer v
    WHERE v.document_id = j.document_id AND v.generation = j.generation)
RETURNING j.job_id;
