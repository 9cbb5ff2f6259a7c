-- Whether a backup holds the blobs. While it does, no blob may be deleted. The backup's session
-- holds an advisory lock with this number (Sources/Storage/Backups/SQL/hold_blobs.sql).
-- Run this after the rows that named a blob are gone: a backup that takes the hold later does not
-- see those rows, so it does not need the blob.
-- Locks: none. Index: none; the server's lock table is in memory.
SELECT EXISTS (
    SELECT FROM pg_locks
    WHERE locktype = 'advisory' AND objsubid = 1 AND granted
      AND (classid::bigint << 32) | objid::bigint = 5278364719452836418
      AND database = (SELECT oid FROM pg_database WHERE datname = current_database()));
