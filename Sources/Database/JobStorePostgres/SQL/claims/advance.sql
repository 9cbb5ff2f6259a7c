-- Advances claimed jobs to a stage of the same queue. Returns the jobs whose claims hold.
-- $1 job ids, $2 claim ids (random, so that none matches another job), $3 stage
-- Locks: the rows of the jobs, in key order.
-- Index: upload_jobs_pkey.
UPDATE upload_pipeline.upload_jobs
SET stage = $3::text, updated_at = clock_timestamp()
WHERE job_id = ANY (ARRAY(
    SELECT job_id FROM upload_pipeline.upload_jobs
    WHERE job_id = ANY ($1::uuid[]) AND claim_id = ANY ($2::uuid[])
    ORDER BY job_id
    FOR UPDATE))
RETURNING job_id;
