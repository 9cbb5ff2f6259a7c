-- The number of documents.
-- Locks: none.
-- Index: none; counts all documents.
SELECT count(*) FROM upload_pipeline.documents;
