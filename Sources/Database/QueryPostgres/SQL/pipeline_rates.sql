-- Seconds that the oldest due job has waited; finished and dead-lettered jobs per minute, over the
-- last five minutes.
-- Locks: none.
-- Index: upload_jobs_waiting, upload_jobs_finished.
SELECT (SELECT extract(epoch FROM statement_timestamp() - min(run_at))::double precision
        FROM upload_pipeline.upload_jobs
        WHERE waiting_for IS NOT NULL AND run_at <= statement_timestamp()),
       count(*) FILTER (WHERE state = 'done') / 5.0::double precision,
       count(*) FILTER (WHERE state = 'deadletter') / 5.0::double precision
FROM upload_pipeline.upload_jobs
WHERE finished_at > statement_timestamp() - interval '5 minutes';
