-- Extends the leases of claims that still hold, and the deadlines of those whose work got on;
-- returns those claims.
-- $1 job ids, $2 claim ids, $3 whether the work got on (same order), $4 lease seconds,
-- $5 deadline seconds
-- Locks: the rows of the jobs, in key order. Index: upload_jobs_pkey.
WITH held AS (
    SELECT j.job_id, claim.has_progressed FROM upload_pipeline.upload_jobs j
    JOIN unnest($1::uuid[], $2::uuid[], $3::boolean[]) AS claim (job_id, claim_id, has_progressed)
      ON j.job_id = claim.job_id AND j.claim_id = claim.claim_id
    WHERE j.state = 'working'
    ORDER BY j.job_id
    FOR UPDATE OF j
)
UPDATE upload_pipeline.upload_jobs j
SET lease_until = clock_timestamp() + make_interval(secs => $4::float8),
    stage_deadline = CASE WHEN held.has_progressed
        THEN clock_timestamp() + make_interval(secs => $5::float8) ELSE j.stage_deadline END
FROM held WHERE j.job_id = held.job_id
RETURNING j.job_id, j.claim_id;
