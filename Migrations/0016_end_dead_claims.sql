-- The claims of dead processes end within seconds instead of with their leases.

-- Each worker process holds an advisory lock in a session of its own for as long as it lives
-- (WorkerSession). The reconciler ends claims whose session holds no lock any more.
ALTER TABLE upload_pipeline.upload_jobs
    ADD COLUMN worker_session bigint,
    ADD COLUMN interruptions smallint NOT NULL DEFAULT 0 CHECK (interruptions >= 0);
COMMENT ON COLUMN upload_pipeline.upload_jobs.worker_session IS
    'key of the advisory lock that the last claim''s process holds; NULL when it held none';
COMMENT ON COLUMN upload_pipeline.upload_jobs.interruptions IS
    'claims that ended with the database server and so cost no attempt; at most attempts_max';

GRANT UPDATE (worker_session) ON upload_pipeline.upload_jobs TO millrace_parse_worker,
    millrace_chunk_worker, millrace_embed_worker, millrace_flusher;
GRANT UPDATE (attempt, interruptions) ON upload_pipeline.upload_jobs TO millrace_reconciler;
