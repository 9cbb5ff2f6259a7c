-- Extends the leases of claims that still hold, and the deadlines of those whose work got on;
-- returns those claims.
-- $1 job ids, $2 claim ids, $3 whether the work got on (same order), $4 lease seconds,
-- $5 deadline seconds
-- Locks: the rows of the jobs. Index: upload_jobs_pkey.
UPDATE upload_pipeline.upload_jobs j
SET lease_until = clock_timestamp() + make_interval(secs => $4::float8),
    stage_deadline = CASE WHEN held.has_progressed
        THEN clock_timestamp() + make_interval(secs => $5::float8) ELSE j.stage_deadline END
FROM unnest($1::uuid[], $2::uuid[], $3::boolean[]) AS held (job_id, claim_id, has_progressed)
WHERE j.job_id = held.job_id AND j.claim_id = held.claim_id AND j.state = 'working'
RETURNING j.job_id, j.claim_id;
