-- How the running programs see their providers, those that are not asked first.
-- Locks: none. Index: none; the table has a row for each running program.
SELECT provider, health, count(*), max(reason), max(reopens_at)
FROM upload_pipeline.provider_states
WHERE updated_at > statement_timestamp() - interval '60 s'
GROUP BY provider, health
ORDER BY provider, health DESC
