-- The programs that are connected to this database, by application name.
-- $1 names of programs
-- Locks: none.
-- Index: none.
SELECT DISTINCT application_name FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid()
  AND split_part(application_name, '@', 1) = ANY ($1::text[])
ORDER BY 1
LIMIT 20;
