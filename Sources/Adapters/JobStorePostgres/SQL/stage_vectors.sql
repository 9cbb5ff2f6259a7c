-- Stages vectors under claims; a repeat changes nothing. Returns the jobs whose claims hold.
-- $1 job ids, $2 claim ids (same order), $3 the job of each vector, $4 its chunk, $5 the vectors,
-- $6 their sketches (same order)
-- Locks: the rows of the jobs in share mode and in key order, to the end of the statement.
-- Index: upload_jobs_pkey, document_vector_buffer_pkey.
WITH fence AS (
    SELECT j.job_id, j.document_id, j.generation FROM upload_pipeline.upload_jobs j
    JOIN unnest($1::uuid[], $2::uuid[]) AS claim (job_id, claim_id)
      ON j.job_id = claim.job_id AND j.claim_id = claim.claim_id
    WHERE j.state = 'working'
    ORDER BY j.job_id
    FOR SHARE OF j
), staged AS (
    INSERT INTO upload_pipeline.document_vector_buffer
        (document_id, generation, chunk_ord, embedding, sketch)
    SELECT fence.document_id, fence.generation, fresh.chunk_ord, fresh.embedding, fresh.sketch
    FROM unnest($3::uuid[], $4::integer[], $5::public.vector[], $6::bit(1024)[])
        AS fresh (job_id, chunk_ord, embedding, sketch)
    JOIN fence USING (job_id)
    ON CONFLICT DO NOTHING
)
SELECT job_id FROM fence;
