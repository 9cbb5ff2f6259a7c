-- Records a failure under a claim. No row: the claim is lost.
-- $1 job, $2 claim, $3 state (retryable or deadletter), $4 error code, $5 message,
-- $6 seconds until due again, $7 whether the attempt counts
-- Locks: the job's row.
-- Index: upload_jobs_pkey.
UPDATE upload_pipeline.upload_jobs
SET state = $3::text,
    attempt = attempt - (NOT $7::boolean)::integer,
    retry_count = retry_count + $7::boolean::integer,
    last_error = upload_pipeline.described_error(
        $4::text, $5::text, retry_count + $7::boolean::integer),
    run_at = clock_timestamp() + make_interval(secs => $6::float8)
WHERE job_id = $1 AND claim_id = $2
RETURNING job_id;
