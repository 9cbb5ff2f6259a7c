-- Dead letters counted by code and stage, largest count first: (code, stage, jobs, first and last
-- failure, message of the last one).
-- $1 code, $2 stage, $3 tenant, $4 jobs, $5 failed before; each NULL for any; $6 limit
-- Locks: none.
-- Index: upload_jobs_deadletter.
SELECT j.last_error ->> 'error_type', j.stage, count(*), min(j.finished_at), max(j.finished_at),
       (array_agg(j.last_error ->> 'message' ORDER BY j.finished_at DESC))[1]
FROM upload_pipeline.upload_jobs j
WHERE j.state = 'deadletter'
  AND ($1::text IS NULL OR j.last_error ->> 'error_type' = $1)
  AND ($2::text IS NULL OR j.stage = $2)
  AND ($3::uuid IS NULL OR j.user_id = $3)
  AND ($4::uuid[] IS NULL OR j.job_id = ANY ($4))
  AND ($5::timestamptz IS NULL OR j.finished_at < $5)
GROUP BY 1, 2 ORDER BY 3 DESC, 1, 2 LIMIT $6::bigint;
