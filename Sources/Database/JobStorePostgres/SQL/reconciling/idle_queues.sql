-- Queues without a claimed job.
-- Locks: none.
-- Index: upload_jobs_lease, which covers the few claimed jobs.
SELECT queue FROM unnest(ARRAY['parse', 'chunk', 'embed', 'flush']) AS queue
WHERE queue NOT IN (
    SELECT upload_pipeline.waiting_queue(stage, 'queued') FROM upload_pipeline.upload_jobs
    WHERE state = 'working');
