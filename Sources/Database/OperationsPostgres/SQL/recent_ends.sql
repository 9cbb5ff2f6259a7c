-- Finished and dead-lettered jobs per minute, over the last five minutes.
-- Locks: none.
-- Index: upload_jobs_finished.
SELECT count(*) FILTER (WHERE state = 'done') / 5.0::float8,
       count(*) FILTER (WHERE state = 'deadletter') / 5.0::float8
FROM upload_pipeline.upload_jobs
WHERE finished_at > statement_timestamp() - interval '5 minutes';
