-- Whether a webhook event of a parsing service has reported the end of a remote job.
-- $1 remote job
-- Locks: none. Index: parse_notices_remote_job.
SELECT EXISTS (SELECT FROM upload_pipeline.parse_notices WHERE remote_job = $1);
