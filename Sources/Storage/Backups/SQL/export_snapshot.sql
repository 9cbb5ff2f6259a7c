-- The facts that a backup records about its snapshot: the snapshot's name for pg_dump, the time,
-- the server version, the applied migrations as JSON, the number of documents, the number of
-- unfinished jobs, and the identity of the database.
-- Run in a transaction that stays open until pg_dump has ended.
-- Locks: none.
-- Index: none; counts all documents.
SELECT pg_export_snapshot(),
    to_char(statement_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
    current_setting('server_version'),
    (SELECT coalesce(json_agg(json_build_object(
            'version', version, 'name', name, 'sha256', sha256) ORDER BY version), '[]')::text
     FROM upload_pipeline.schema_migrations),
    (SELECT count(*) FROM upload_pipeline.documents),
    (SELECT count(*) FROM upload_pipeline.upload_jobs WHERE finished_at IS NULL),
    (SELECT system_identifier FROM pg_control_system()) || '/'
        || (SELECT oid FROM pg_database WHERE datname = current_database());
