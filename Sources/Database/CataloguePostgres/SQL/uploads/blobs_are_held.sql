-- Whether a backup holds the blobs, so that those of a deleted document must stay for now.
-- Locks: none.
-- Index: none; the server's lock table is in memory.
SELECT upload_pipeline.blobs_are_held();
