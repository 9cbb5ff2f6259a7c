-- Queues of which no job is being worked on.
-- Locks: none. Index: upload_jobs_lease, of claimed jobs, of which there are few.
SELECT q FROM unnest(ARRAY['parse', 'chunk', 'embed', 'flush']) AS q
WHERE q NOT IN (
    SELECT upload_pipeline.waiting_queue(stage, 'queued') FROM upload_pipeline.upload_jobs
    WHERE state = 'working');
