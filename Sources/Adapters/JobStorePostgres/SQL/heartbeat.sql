-- Extends the leases of claims that still hold; returns those claims.
-- $1 job ids, $2 claim ids (same order), $3 lease seconds
-- Locks: the rows of the jobs. Index: upload_jobs_pkey.
UPDATE upload_pipeline.upload_jobs j
SET lease_until = clock_timestamp() + make_interval(secs => $3::float8)
FROM unnest($1::uuid[], $2::uuid[]) AS held (job_id, claim_id)
WHERE j.job_id = held.job_id AND j.claim_id = held.claim_id AND j.state = 'working'
RETURNING j.job_id, j.claim_id;
