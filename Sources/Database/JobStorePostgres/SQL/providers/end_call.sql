-- Records how a provider call ended.
-- $1 call, $2 outcome, $3 milliseconds, $4 the provider's request id, $5 tokens of each share
-- (empty if the provider did not report them), $6 pages, if they became known only now
-- Locks: the rows.
-- Index: provider_calls_pkey.
UPDATE upload_pipeline.provider_calls
SET outcome = $2, milliseconds = coalesce($3::integer, milliseconds),
    request_id = coalesce($4::text, request_id), tokens = ($5::bigint[])[part + 1],
    units = coalesce($6::integer, units)
WHERE call_id = $1;
