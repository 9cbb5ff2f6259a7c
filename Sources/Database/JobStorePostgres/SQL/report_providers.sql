-- Says how a program sees the providers that it asks.
-- $1 worker; then an array each: $2 providers, $3 healths, $4 reasons (empty for none), $5 seconds
-- until it is tried again (below zero for none)
-- Locks: the rows. Index: provider_states_pkey.
INSERT INTO upload_pipeline.provider_states
    (worker, provider, health, reason, reopens_at, updated_at)
SELECT $1, provider, health, nullif(reason, ''),
    CASE WHEN seconds >= 0 THEN clock_timestamp() + make_interval(secs => seconds) END,
    clock_timestamp()
FROM unnest($2::text[], $3::text[], $4::text[], $5::float8[])
    AS told (provider, health, reason, seconds)
ON CONFLICT (worker, provider) DO UPDATE
SET health = excluded.health, reason = excluded.reason, reopens_at = excluded.reopens_at,
    updated_at = excluded.updated_at;
