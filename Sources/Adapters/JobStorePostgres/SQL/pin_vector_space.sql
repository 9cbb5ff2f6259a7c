-- Pins jobs to a vector space; counts their chunks where whoever staged them did not.
-- $1 job ids, $2 claim ids (same order), $3 model, $4 version, $5 width
-- Locks: the rows of the jobs, which `begin_embedding` locked before in the same transaction.
-- Index: upload_jobs_pkey.
UPDATE upload_pipeline.upload_jobs j
SET embed_model = $3::text, embed_version = $4::text, embed_width = $5::integer,
    expected_chunks = coalesce(expected_chunks, (
        SELECT nullif(count(*), 0) FROM upload_pipeline.document_chunk_buffer b
        WHERE b.document_id = j.document_id AND b.generation = j.generation)),
    updated_at = clock_timestamp()
FROM unnest($1::uuid[], $2::uuid[]) AS claim (job_id, claim_id)
WHERE j.job_id = claim.job_id AND j.claim_id = claim.claim_id AND j.state = 'working';
