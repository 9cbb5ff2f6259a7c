-- Health of the providers as the programs that still report it see it; unhealthy states come first.
-- Locks: none.
-- Index: none; the table has a row for each program and provider.
SELECT provider, health, count(*), max(reason), max(reopens_at)
FROM upload_pipeline.provider_states
WHERE updated_at > statement_timestamp() - interval '60 s'
GROUP BY provider, health
ORDER BY provider, health DESC;
