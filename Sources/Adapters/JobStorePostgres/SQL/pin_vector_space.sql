-- Pins a job to a vector space; counts its chunks where whoever staged them did not.
-- $1 job, $2 claim, $3 model, $4 version, $5 width
-- Locks: the job's row. Index: upload_jobs_pkey.
UPDATE upload_pipeline.upload_jobs j
SET embed_model = $3::text, embed_version = $4::text, embed_width = $5::integer,
    expected_chunks = coalesce(expected_chunks, (
        SELECT nullif(count(*), 0) FROM upload_pipeline.document_chunk_buffer b
        WHERE b.document_id = j.document_id AND b.generation = j.generation)),
    updated_at = clock_timestamp()
WHERE job_id = $1 AND claim_id = $2 AND state = 'working';
