-- The sum of today's provider calls of one tenant or all, in pages parsed or tokens embedded, and
-- the seconds until tomorrow, in UTC.
-- $1 'pages' or 'tokens', $2 tenant, NULL for all
-- Locks: none.
-- Index: provider_calls_tenant or provider_calls_by_time. One branch of the union has no rows.
SELECT coalesce(sum(CASE $1::text WHEN 'pages' THEN units ELSE tokens END), 0)::bigint,
    extract(epoch FROM date_trunc('day', statement_timestamp(), 'UTC') + interval '1 day'
        - statement_timestamp())::float8
FROM (
    SELECT operation, units, tokens FROM upload_pipeline.provider_calls
    WHERE $2::uuid IS NULL AND ts >= date_trunc('day', statement_timestamp(), 'UTC')
    UNION ALL
    SELECT operation, units, tokens FROM upload_pipeline.provider_calls
    WHERE user_id = $2::uuid AND ts >= date_trunc('day', statement_timestamp(), 'UTC')) AS calls
WHERE (operation = 'parse') = ($1 = 'pages');
