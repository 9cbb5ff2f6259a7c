-- Records how a call of a provider ended.
-- $1 call, $2 outcome, $3 milliseconds, $4 the provider's id of it, $5 tokens of each share
-- (empty when the provider did not tell)
-- Locks: the rows. Index: provider_calls_pkey.
UPDATE upload_pipeline.provider_calls
SET outcome = $2, milliseconds = $3, request_id = $4, tokens = ($5::bigint[])[part + 1]
WHERE call_id = $1;
