-- Reads and locks a claimed job's vector space. No row: the claim is lost.
-- $1 job, $2 claim
-- Locks: the job's row. Index: upload_jobs_pkey.
SELECT embed_model, embed_version, embed_width FROM upload_pipeline.upload_jobs
WHERE job_id = $1 AND claim_id = $2 AND state = 'working'
FOR UPDATE;
