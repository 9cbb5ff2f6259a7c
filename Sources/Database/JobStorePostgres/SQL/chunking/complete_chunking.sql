-- Hands chunked documents to the embed queue and deletes the rows staged by an earlier attempt. The
-- caller copies the chunks in the same transaction. Returns the jobs whose claims hold.
-- $1 job ids, $2 claim ids, $3 numbers of chunks, $4 languages (same order)
-- Locks: the rows of the jobs, in key order, then the staged rows, guarded by them. Rows staged by
-- an earlier attempt were committed before this claim.
-- Index: primary keys of upload_jobs and of both buffers.
WITH fence AS (
    UPDATE upload_pipeline.upload_jobs
    SET stage = 'chunks_buffered', state = 'done',
        expected_chunks = ($3::integer[])[array_position($2::uuid[], claim_id)],
        language = ($4::text[])[array_position($2::uuid[], claim_id)]
    WHERE job_id = ANY (ARRAY(
        SELECT job_id FROM upload_pipeline.upload_jobs
        WHERE job_id = ANY ($1::uuid[]) AND claim_id = ANY ($2::uuid[])
        ORDER BY job_id
        FOR UPDATE))
    RETURNING job_id, document_id, generation
), texts AS (
    DELETE FROM upload_pipeline.document_chunk_buffer b USING fence f
    WHERE b.document_id = ANY (ARRAY(SELECT document_id FROM fence))
        AND (b.document_id, b.generation) = (f.document_id, f.generation)
), vectors AS (
    DELETE FROM upload_pipeline.document_vector_buffer b USING fence f
    WHERE b.document_id = ANY (ARRAY(SELECT document_id FROM fence))
        AND (b.document_id, b.generation) = (f.document_id, f.generation)
)
SELECT job_id FROM fence;
