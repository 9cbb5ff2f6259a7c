-- Forgets what programs said of providers that have said nothing for an hour: they have ended.
-- Locks: the rows. Index: none; the table has a row for each running program.
DELETE FROM upload_pipeline.provider_states
WHERE updated_at < statement_timestamp() - interval '1 hour';
