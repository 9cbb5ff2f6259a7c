-- Invariant 2: every job ends within a bound. No claim outlives its lease by 10 minutes, and no due
-- job waits for 2 days. Returns (invariant, subject, detail), at most 100 of each kind.
-- Locks: none.
-- Index: upload_jobs_lease, upload_jobs_waiting, upload_jobs_retry.
(SELECT 2, job_id::text, format('%s/%s, lease expired at %s', stage, state, lease_until)
 FROM upload_pipeline.upload_jobs
 WHERE state = 'working' AND lease_until < statement_timestamp() - interval '10 minutes'
 LIMIT 100)
UNION ALL
(SELECT 2, job_id::text, format('%s/%s, due since %s', stage, state, run_at)
 FROM upload_pipeline.upload_jobs
 WHERE waiting_for IS NOT NULL AND run_at < statement_timestamp() - interval '2 days'
 LIMIT 100)
UNION ALL
(SELECT 2, job_id::text, format('%s/%s, due since %s', stage, state, run_at)
 FROM upload_pipeline.upload_jobs
 WHERE state = 'retryable' AND run_at < statement_timestamp() - interval '2 days'
 LIMIT 100);
