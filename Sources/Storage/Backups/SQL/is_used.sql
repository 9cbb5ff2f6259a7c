-- Whether the database has been used: it contains documents, events or provider calls.
-- Locks: none.
-- Index: none; reads one row of each table.
SELECT EXISTS (SELECT FROM upload_pipeline.documents)
    OR EXISTS (SELECT FROM upload_pipeline.events)
    OR EXISTS (SELECT FROM upload_pipeline.provider_calls);
