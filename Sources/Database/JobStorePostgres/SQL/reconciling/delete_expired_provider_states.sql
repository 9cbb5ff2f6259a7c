-- Deletes the provider states of programs that have not reported for an hour, as they have ended.
-- Locks: the rows.
-- Index: none; the table has a row for each program and provider.
DELETE FROM upload_pipeline.provider_states
WHERE updated_at < statement_timestamp() - interval '1 hour';
