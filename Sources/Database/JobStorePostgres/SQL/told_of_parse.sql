-- Whether a parsing service has told of the end of a remote job.
-- $1 remote job
-- Locks: none. Index: parse_notices_remote_job.
SELECT EXISTS (SELECT FROM upload_pipeline.parse_notices WHERE remote_job = $1);
