-- Ends this session's hold of the blobs; false when the session had none.
-- Locks: none.
-- Index: none.
SELECT pg_advisory_unlock_shared(5278364719452836418);
