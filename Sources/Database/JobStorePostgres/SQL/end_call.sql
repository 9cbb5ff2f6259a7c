-- Records how a call of a provider ended.
-- $1 call, $2 outcome, $3 milliseconds, $4 the provider's id of it, $5 tokens of each share
-- (empty when the provider did not tell), $6 pages, where they became known only now
-- Locks: the rows. Index: provider_calls_pkey.
UPDATE upload_pipeline.provider_calls
SET outcome = $2, milliseconds = coalesce($3::integer, milliseconds),
    request_id = coalesce($4::text, request_id), tokens = ($5::bigint[])[part + 1],
    units = coalesce($6::integer, units)
WHERE call_id = $1;
