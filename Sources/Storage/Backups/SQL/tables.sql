-- The names of Millrace's tables, schema-qualified and quoted.
-- Locks: none.
-- Index: none.
SELECT format('%I.%I', schemaname, tablename) FROM pg_tables WHERE schemaname = 'upload_pipeline';
