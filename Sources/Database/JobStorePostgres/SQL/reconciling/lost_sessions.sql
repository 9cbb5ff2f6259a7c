-- Sessions of workers that hold claims but no advisory lock. Their processes have died or are
-- reconnecting.
-- Locks: none.
-- Index: upload_jobs_lease, which covers the few claimed jobs.
SELECT DISTINCT worker_session FROM upload_pipeline.upload_jobs
WHERE state = 'working' AND worker_session IS NOT NULL
  AND worker_session NOT IN (
    SELECT (classid::bigint << 32) | objid::bigint FROM pg_locks
    WHERE locktype = 'advisory' AND objsubid = 1 AND granted
      AND database = (SELECT oid FROM pg_database WHERE datname = current_database()));
