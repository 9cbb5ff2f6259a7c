-- Stores a parsing service's ticket for a job's document. No row: the claim is lost.
-- $1 job, $2 claim, $3 provider, $4 ticket, NULL to delete it
-- Locks: the job's row.
-- Index: upload_jobs_pkey.
UPDATE upload_pipeline.upload_jobs
SET payload = payload || jsonb_build_object('parse_tickets', jsonb_strip_nulls(
        coalesce(payload -> 'parse_tickets', '{}') || jsonb_build_object($3::text, $4::text))),
    updated_at = clock_timestamp()
WHERE job_id = $1 AND claim_id = $2
RETURNING job_id;
