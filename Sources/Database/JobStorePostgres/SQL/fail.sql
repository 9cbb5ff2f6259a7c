-- Records a failure under a claim. No row: the claim is lost.
-- $1 job, $2 claim, $3 state (retryable or deadletter), $4 error code, $5 message,
-- $6 seconds until due again, $7 whether the attempt counts
-- Locks: the job's row. Index: upload_jobs_pkey.
UPDATE upload_pipeline.upload_jobs
SET state = $3::text,
    retry_count = retry_count + CASE WHEN $7::boolean THEN 1 ELSE 0 END,
    attempt = attempt - CASE WHEN $7::boolean THEN 0 ELSE 1 END,
    last_error = jsonb_build_object('error_type', $4::text, 'message', $5::text,
        'timestamp', clock_timestamp(),
        'retry_count', retry_count + CASE WHEN $7::boolean THEN 1 ELSE 0 END),
    run_at = clock_timestamp() + make_interval(secs => $6::float8),
    finished_at = CASE WHEN $3::text = 'deadletter' THEN clock_timestamp() END,
    claim_id = NULL, claimed_by = NULL, claimed_at = NULL, lease_until = NULL,
    stage_deadline = NULL, updated_at = clock_timestamp()
WHERE job_id = $1 AND claim_id = $2
RETURNING job_id;
