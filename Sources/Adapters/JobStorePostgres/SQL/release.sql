-- Gives jobs back unharmed; the attempt does not count. Lost claims are skipped.
-- $1 job ids, $2 claim ids (same order)
-- Locks: the rows of the jobs. Index: upload_jobs_pkey.
UPDATE upload_pipeline.upload_jobs j
SET state = 'queued', attempt = j.attempt - 1, claim_id = NULL, claimed_by = NULL,
    claimed_at = NULL, lease_until = NULL, stage_deadline = NULL,
    run_at = clock_timestamp(), notify_at = clock_timestamp(), notify_count = 0,
    updated_at = clock_timestamp()
FROM unnest($1::uuid[], $2::uuid[]) AS held (job_id, claim_id)
WHERE j.job_id = held.job_id AND j.claim_id = held.claim_id AND j.state = 'working';
