-- Seconds that the oldest due job of each queue has waited.
-- Locks: none.
-- Index: upload_jobs_waiting.
SELECT queue, coalesce((
    SELECT extract(epoch FROM statement_timestamp() - run_at)::float8
    FROM upload_pipeline.upload_jobs
    WHERE waiting_for = queue AND run_at <= statement_timestamp()
    ORDER BY run_at LIMIT 1), 0)
FROM unnest(ARRAY['parse', 'chunk', 'embed', 'flush']) AS queue;
