-- Whether a backup holds the blobs. While it does, no blob may be deleted.
-- Locks: none.
-- Index: none; the server's lock table is in memory.
SELECT upload_pipeline.blobs_are_held();
