-- The sum of one tenant's provider calls today, as in spent_today.sql.
-- $1 'pages' or 'tokens', $2 tenant
-- Locks: none. Index: provider_calls_tenant.
SELECT coalesce(sum(CASE $1::text WHEN 'pages' THEN units ELSE tokens END), 0)::bigint,
    extract(epoch FROM date_trunc('day', statement_timestamp(), 'UTC') + interval '1 day'
        - statement_timestamp())::float8
FROM upload_pipeline.provider_calls
WHERE user_id = $2
    AND ts >= date_trunc('day', statement_timestamp(), 'UTC')
    AND (operation = 'parse') = ($1 = 'pages');
