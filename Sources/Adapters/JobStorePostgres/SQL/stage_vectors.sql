-- Stages vectors under a claim; a repeat changes nothing. Returns 0 when the claim is lost.
-- $1 job, $2 claim, $3 chunk ords, $4 vectors (same order)
-- Locks: the job's row in share mode, to the end of the statement.
-- Index: upload_jobs_pkey, document_vector_buffer_pkey.
WITH fence AS (
    SELECT document_id, generation FROM upload_pipeline.upload_jobs
    WHERE job_id = $1 AND claim_id = $2 AND state = 'working'
    FOR SHARE
), staged AS (
    INSERT INTO upload_pipeline.document_vector_buffer
        (document_id, generation, chunk_ord, embedding)
    SELECT fence.document_id, fence.generation, fresh.chunk_ord, fresh.embedding
    FROM fence, unnest($3::integer[], $4::public.vector[]) AS fresh (chunk_ord, embedding)
    ON CONFLICT DO NOTHING
)
SELECT count(*) FROM fence;
