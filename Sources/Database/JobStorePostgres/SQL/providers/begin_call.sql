-- Records a provider call before it is made, with one row per share.
-- $1 call, $2 provider, $3 model; then one array each, in the order of the shares: $4 operations,
-- $5 tenants, $6 documents, $7 jobs (the nil UUID for none), $8 units, $9 bytes
-- Locks: none.
-- Index: none.
INSERT INTO upload_pipeline.provider_calls
    (call_id, part, operation, provider, model, user_id, document_id, job_id, units, bytes)
SELECT $1, n - 1, operation, $2, $3, user_id,
    nullif(document_id, '00000000-0000-0000-0000-000000000000'),
    nullif(job_id, '00000000-0000-0000-0000-000000000000'), units, bytes
FROM unnest($4::text[], $5::uuid[], $6::uuid[], $7::uuid[], $8::integer[], $9::bigint[])
    WITH ORDINALITY AS share (operation, user_id, document_id, job_id, units, bytes, n);
