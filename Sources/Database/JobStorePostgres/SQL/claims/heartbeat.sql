-- Extends the leases of claims that still hold, and the deadlines of those whose work progressed.
-- Returns (job, claim, whether it was extended) of the claims that hold. A locked row is not
-- extended: this worker is writing it, perhaps for minutes (flush), and expire_claims also skips
-- locked rows.
-- $1 job ids, $2 claim ids, $3 whether the work progressed (same order), $4 lease seconds,
-- $5 deadline seconds
-- Locks: the rows of the jobs; SKIP LOCKED.
-- Index: upload_jobs_pkey.
WITH extended AS (
    UPDATE upload_pipeline.upload_jobs
    SET lease_until = clock_timestamp() + make_interval(secs => $4::float8),
        stage_deadline = CASE WHEN ($3::boolean[])[array_position($2::uuid[], claim_id)]
            THEN clock_timestamp() + make_interval(secs => $5::float8) ELSE stage_deadline END
    WHERE job_id = ANY (ARRAY(
        SELECT job_id FROM upload_pipeline.upload_jobs
        WHERE job_id = ANY ($1::uuid[]) AND claim_id = ANY ($2::uuid[])
        ORDER BY job_id
        FOR UPDATE SKIP LOCKED))
    RETURNING job_id
)
SELECT job_id, claim_id, job_id IN (SELECT job_id FROM extended)
FROM upload_pipeline.upload_jobs
WHERE job_id = ANY ($1::uuid[]) AND claim_id = ANY ($2::uuid[]);
