-- Moves a job on within its worker's own stages. No row: the claim is lost.
-- $1 job, $2 claim, $3 stage
-- Locks: the job's row. Index: upload_jobs_pkey.
UPDATE upload_pipeline.upload_jobs
SET stage = $3::text, updated_at = clock_timestamp()
WHERE job_id = $1 AND claim_id = $2 AND state = 'working'
RETURNING job_id;
