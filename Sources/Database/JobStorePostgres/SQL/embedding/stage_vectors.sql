-- Stages vectors under claims; a repeat changes nothing. Returns the jobs whose claims hold.
-- $1 job ids, $2 claim ids, $3 the job of each vector, $4 its document, $5 its generation, $6 its
-- chunk, $7 the vectors, $8 their sketches (same order)
-- Locks: the rows of the jobs, in key order.
-- Index: upload_jobs_pkey, document_vector_buffer_pkey.
WITH fence AS (
    SELECT job_id FROM upload_pipeline.upload_jobs
    WHERE job_id = ANY ($1::uuid[]) AND claim_id = ANY ($2::uuid[])
    ORDER BY job_id
    FOR UPDATE
), staged AS (
    INSERT INTO upload_pipeline.document_vector_buffer
        (document_id, generation, chunk_ord, embedding, sketch)
    SELECT document_id, generation, chunk_ord, embedding, sketch
    FROM unnest($3::uuid[], $4::uuid[], $5::integer[], $6::integer[], $7::public.vector[],
        $8::bit(1024)[]) AS fresh (job_id, document_id, generation, chunk_ord, embedding, sketch)
    WHERE job_id = ANY (ARRAY(SELECT job_id FROM fence))
    ON CONFLICT DO NOTHING
)
SELECT job_id FROM fence;
