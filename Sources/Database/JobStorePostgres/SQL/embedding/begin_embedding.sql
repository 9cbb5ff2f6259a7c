-- Pins jobs to the embedding space of their worker and deletes their staged vectors of another one.
-- Counts their chunks if that was not done at staging. Returns the jobs whose claims hold.
-- $1 job ids, $2 claim ids, $3 model, $4 version, $5 width
-- Locks: the rows of the jobs, in key order, then the staged vectors, guarded by them. Rows staged
-- by an earlier attempt were committed before this claim.
-- Index: primary keys of upload_jobs and of both buffers, embedding_spaces_model_version_key.
WITH held AS (
    SELECT job_id, document_id, generation,
        (embed_model, embed_version, embed_width)
            IS NOT DISTINCT FROM ($3::text, $4::text, $5::integer) AS is_pinned
    FROM upload_pipeline.upload_jobs
    WHERE job_id = ANY ($1::uuid[]) AND claim_id = ANY ($2::uuid[])
    ORDER BY job_id
    FOR UPDATE
), named AS (
    INSERT INTO upload_pipeline.embedding_spaces (model, version)
    SELECT $3::text, $4::text
    WHERE EXISTS (SELECT FROM held WHERE NOT is_pinned)
      AND NOT EXISTS (
        SELECT FROM upload_pipeline.embedding_spaces WHERE (model, version) = ($3::text, $4::text))
    ON CONFLICT DO NOTHING
), vectors AS (
    DELETE FROM upload_pipeline.document_vector_buffer b USING held h
    WHERE b.document_id = ANY (ARRAY(SELECT document_id FROM held WHERE NOT is_pinned))
        AND (b.document_id, b.generation) = (h.document_id, h.generation)
), pinned AS (
    UPDATE upload_pipeline.upload_jobs j
    SET embed_model = $3::text, embed_version = $4::text, embed_width = $5::integer,
        expected_chunks = coalesce(expected_chunks, (
            SELECT nullif(count(*), 0) FROM upload_pipeline.document_chunk_buffer b
            WHERE b.document_id = j.document_id AND b.generation = j.generation)),
        updated_at = clock_timestamp()
    WHERE j.job_id = ANY (ARRAY(SELECT job_id FROM held WHERE NOT is_pinned))
)
SELECT job_id FROM held;
