-- R1: waiting jobs that are due and of which nobody was told for a while; the next hint of each
-- is due 1 to 15 minutes later, doubling, moved by up to 20 %.
-- $1 limit
-- Locks: the rows, those locked by others skipped. Index: upload_jobs_notify.
WITH due AS (
    SELECT job_id FROM upload_pipeline.upload_jobs
    WHERE waiting_for IS NOT NULL AND notify_at <= statement_timestamp()
      AND run_at <= statement_timestamp()
    ORDER BY notify_at
    LIMIT $1
    FOR UPDATE SKIP LOCKED
)
UPDATE upload_pipeline.upload_jobs j
SET notify_count = j.notify_count + 1,
    notify_at = clock_timestamp() + (0.8 + 0.4 * random())
        * least(interval '15 min', interval '1 min' * power(2, least(j.notify_count, 4)))
FROM due WHERE j.job_id = due.job_id
RETURNING j.job_id, j.waiting_for;
