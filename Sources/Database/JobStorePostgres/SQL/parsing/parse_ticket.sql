-- A parsing service's ticket for a job's document. No row: the claim is lost.
-- $1 job, $2 claim, $3 provider
-- Locks: none.
-- Index: upload_jobs_pkey.
SELECT payload -> 'parse_tickets' ->> $3::text
FROM upload_pipeline.upload_jobs
WHERE job_id = $1 AND claim_id = $2;
