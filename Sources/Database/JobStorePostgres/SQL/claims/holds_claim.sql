-- Whether a claim still holds.
-- $1 job, $2 claim
-- Locks: none.
-- Index: upload_jobs_pkey.
SELECT 1 FROM upload_pipeline.upload_jobs
WHERE job_id = $1 AND claim_id = $2;
