-- The names of Millrace's tables, as a statement spells them.
-- Locks: none. Index: none.
SELECT format('%I.%I', schemaname, tablename) FROM pg_tables WHERE schemaname = 'upload_pipeline';
