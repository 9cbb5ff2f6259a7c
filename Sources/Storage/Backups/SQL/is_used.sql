-- Whether the database has been used: it has documents, or a history of some.
-- Locks: none. Index: none; reads one row of each table.
SELECT EXISTS (SELECT FROM upload_pipeline.documents)
    OR EXISTS (SELECT FROM upload_pipeline.events)
    OR EXISTS (SELECT FROM upload_pipeline.provider_calls);
