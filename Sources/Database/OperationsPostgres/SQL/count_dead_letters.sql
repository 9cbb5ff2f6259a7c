-- Number of dead letters, and the time of the count.
-- $1 code, $2 stage, $3 tenant, $4 jobs, $5 failed before; each NULL for any
-- Locks: none.
-- Index: upload_jobs_deadletter.
SELECT count(*), statement_timestamp()
FROM upload_pipeline.upload_jobs j
WHERE j.state = 'deadletter'
  AND ($1::text IS NULL OR j.last_error ->> 'error_type' = $1)
  AND ($2::text IS NULL OR j.stage = $2)
  AND ($3::uuid IS NULL OR j.user_id = $3)
  AND ($4::uuid[] IS NULL OR j.job_id = ANY ($4))
  AND ($5::timestamptz IS NULL OR j.finished_at < $5);
