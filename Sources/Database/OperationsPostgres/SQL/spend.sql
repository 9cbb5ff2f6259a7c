-- Provider calls summed by a key, the most tokens first: (key, calls, units, tokens, wasted tokens,
-- failed calls, unknown calls). Wasted tokens were counted by the provider for calls without a
-- usable result. A call with shares in several rows counts in each of them.
-- $1 grouping, $2 seconds back from now, $3 tenant, NULL for any; $4 limit
-- Locks: none.
-- Index: provider_calls_by_time.
SELECT CASE $1::text
           WHEN 'day' THEN (ts AT TIME ZONE 'UTC')::date::text
           WHEN 'tenant' THEN user_id::text
           WHEN 'document' THEN coalesce(document_id::text, 'searches')
           WHEN 'provider' THEN provider || ' ' || model
           ELSE outcome
       END,
       count(DISTINCT call_id), sum(units)::bigint, coalesce(sum(tokens), 0)::bigint,
       coalesce(sum(tokens) FILTER (WHERE outcome <> 'ok'), 0)::bigint,
       count(DISTINCT call_id) FILTER (WHERE outcome NOT IN ('ok', 'begun')),
       count(DISTINCT call_id) FILTER (WHERE outcome = 'begun')
FROM upload_pipeline.provider_calls
WHERE ts >= statement_timestamp() - make_interval(secs => $2::float8)
  AND ($3::uuid IS NULL OR user_id = $3)
GROUP BY 1 ORDER BY 4 DESC, 1 LIMIT $4::bigint;
