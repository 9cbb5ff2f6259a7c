-- Gives jobs back unharmed; the attempt does not count. Lost claims are skipped.
-- $1 job ids, $2 claim ids (same order)
-- Locks: the rows of the jobs, in key order. Index: upload_jobs_pkey.
WITH held AS (
    SELECT j.job_id FROM upload_pipeline.upload_jobs j
    JOIN unnest($1::uuid[], $2::uuid[]) AS claim (job_id, claim_id)
      ON j.job_id = claim.job_id AND j.claim_id = claim.claim_id
    WHERE j.state = 'working'
    ORDER BY j.job_id
    FOR UPDATE OF j
)
UPDATE upload_pipeline.upload_jobs j
SET state = 'queued', attempt = j.attempt - 1, claim_id = NULL, claimed_by = NULL,
    claimed_at = NULL, lease_until = NULL, stage_deadline = NULL,
    run_at = clock_timestamp(), notify_at = clock_timestamp(), notify_count = 0,
    updated_at = clock_timestamp()
FROM held WHERE j.job_id = held.job_id;
