-- Whether a webhook event of a parsing service has reported the end of a remote job.
-- $1 remote job
-- Locks: none.
-- Index: parse_events_remote_job.
SELECT EXISTS (SELECT FROM upload_pipeline.parse_events WHERE remote_job = $1);
