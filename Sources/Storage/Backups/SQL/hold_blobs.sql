-- Prevents the reconciler and the API from deleting blobs until the session ends or releases the
-- hold. The function upload_pipeline.blobs_are_held has the same number. Several sessions may hold
-- the blobs at the same time.
-- False on a standby, because the primary does not see its locks.
-- Locks: a session advisory lock, shared; it never waits.
-- Index: none.
SELECT CASE WHEN pg_is_in_recovery() THEN false
    ELSE pg_advisory_lock_shared(5278364719452836418) IS NOT NULL END;
