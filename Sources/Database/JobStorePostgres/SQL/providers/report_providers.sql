-- Records the health of a program's providers.
-- $1 worker; then one array each: $2 providers, $3 healths, $4 reasons (empty for none), $5 seconds
-- until the next try (negative for none)
-- Locks: the rows.
-- Index: provider_states_pkey.
INSERT INTO upload_pipeline.provider_states
    (worker, provider, health, reason, reopens_at, updated_at)
SELECT $1, provider, health, nullif(reason, ''),
    CASE WHEN seconds >= 0 THEN clock_timestamp() + make_interval(secs => seconds) END,
    clock_timestamp()
FROM unnest($2::text[], $3::text[], $4::text[], $5::float8[])
    AS state (provider, health, reason, seconds)
ON CONFLICT (worker, provider) DO UPDATE
SET health = excluded.health, reason = excluded.reason, reopens_at = excluded.reopens_at,
    updated_at = excluded.updated_at;
