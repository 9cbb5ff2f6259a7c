-- Keeps every blob in the store until the session ends or releases the hold: neither the reconciler
-- nor the API deletes one (blobs_are_held.sql). Several sessions may hold them at the same time.
-- Fails on a standby, whose locks the primary does not see.
-- Locks: a session advisory lock, shared; it never waits. Index: none.
SELECT CASE WHEN pg_is_in_recovery() THEN false
    ELSE pg_advisory_lock_shared(5278364719452836418) IS NOT NULL END;
