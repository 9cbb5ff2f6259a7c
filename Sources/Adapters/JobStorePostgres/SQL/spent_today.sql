-- What today's calls came to, in pages of parsing or in tokens of embedding, of one tenant or of
-- all; and the seconds until tomorrow, in UTC.
-- $1 tenant, or NULL for all; $2 'pages' or 'tokens'
-- Locks: none. Index: provider_calls_tenant; provider_calls_by_time for all.
SELECT coalesce(sum(CASE $2::text WHEN 'pages' THEN units ELSE tokens END), 0)::bigint,
    extract(epoch FROM date_trunc('day', statement_timestamp(), 'UTC') + interval '1 day'
        - statement_timestamp())::float8
FROM upload_pipeline.provider_calls
WHERE ts >= date_trunc('day', statement_timestamp(), 'UTC')
    AND (operation = 'parse') = ($2 = 'pages')
    AND ($1::uuid IS NULL OR user_id = $1);
