-- The sum of today's provider calls, in pages parsed or tokens embedded, and the seconds until
-- tomorrow, in UTC.
-- $1 'pages' or 'tokens'
-- Locks: none. Index: provider_calls_by_time.
SELECT coalesce(sum(CASE $1::text WHEN 'pages' THEN units ELSE tokens END), 0)::bigint,
    extract(epoch FROM date_trunc('day', statement_timestamp(), 'UTC') + interval '1 day'
        - statement_timestamp())::float8
FROM upload_pipeline.provider_calls
WHERE ts >= date_trunc('day', statement_timestamp(), 'UTC')
    AND (operation = 'parse') = ($1 = 'pages');
