-- Queues up to $6 dead letters again, the oldest first, with all their attempts; returns how many.
-- Triggers reset the jobs' attempts and write the events, with the requester of this transaction.
-- The reconciler sends the hints.
-- $1 code, $2 stage, $3 tenant, $4 jobs, $5 failed before; each NULL for any; $6 limit
-- Locks: the jobs' rows; SKIP LOCKED.
-- Index: upload_jobs_deadletter, upload_jobs_pkey.
WITH selected AS (
    SELECT j.job_id FROM upload_pipeline.upload_jobs j
    WHERE j.state = 'deadletter'
      AND ($1::text IS NULL OR j.last_error ->> 'error_type' = $1)
      AND ($2::text IS NULL OR j.stage = $2)
      AND ($3::uuid IS NULL OR j.user_id = $3)
      AND ($4::uuid[] IS NULL OR j.job_id = ANY ($4))
      AND ($5::timestamptz IS NULL OR j.finished_at < $5)
    ORDER BY j.finished_at LIMIT $6::bigint FOR UPDATE SKIP LOCKED
), moved AS (
    UPDATE upload_pipeline.upload_jobs j SET state = 'queued'
    FROM selected WHERE j.job_id = selected.job_id
    RETURNING j.job_id
)
SELECT count(*) FROM moved;
