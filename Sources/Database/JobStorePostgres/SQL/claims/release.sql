-- Returns jobs to their queues; the attempt does not count. Lost claims are skipped.
-- $1 job ids, $2 claim ids
-- Locks: the rows of the jobs, in key order.
-- Index: upload_jobs_pkey.
UPDATE upload_pipeline.upload_jobs
SET state = 'queued'
WHERE job_id = ANY (ARRAY(
    SELECT job_id FROM upload_pipeline.upload_jobs
    WHERE job_id = ANY ($1::uuid[]) AND claim_id = ANY ($2::uuid[])
    ORDER BY job_id
    FOR UPDATE));
