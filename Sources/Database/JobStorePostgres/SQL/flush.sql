-- Moves the chunks of documents to document_chunks and their sketches to chunk_sketches, deletes
-- their older generations and finishes their jobs. Returns (job, moved, expected) of the jobs whose
-- claims hold. The caller rolls back when moved and expected differ.
-- $1 job ids, $2 claim ids
-- Locks: the rows of the jobs in key order, the buffered rows. Index: all primary keys.
WITH fence AS (
    UPDATE upload_pipeline.upload_jobs
    SET state = 'done', finished_at = clock_timestamp(), claim_id = NULL, claimed_by = NULL,
        claimed_at = NULL, lease_until = NULL, stage_deadline = NULL, attempt = 0,
        retry_count = 0, updated_at = clock_timestamp()
    WHERE job_id = ANY (ARRAY(
        SELECT job_id FROM upload_pipeline.upload_jobs
        WHERE job_id = ANY ($1::uuid[]) AND claim_id = ANY ($2::uuid[])
        ORDER BY job_id
        FOR UPDATE))
    RETURNING job_id, document_id, generation, expected_chunks, embed_model, embed_version,
        embed_width
), moved AS (
    -- LATERAL forces lookups by key, regardless of the planner's row estimates. The rows that
    -- a DELETE returns would be joined one by one.
    INSERT INTO upload_pipeline.document_chunks (document_id, generation, chunk_ord, chunk_id,
        user_id, chunker_name, chunker_version, text, chunk_sha, tokens, utf8_start, utf8_end,
        headings, page_first, page_last, embed_model, embed_version, embed_width, embedding)
    SELECT f.document_id, f.generation, c.chunk_ord, c.chunk_id, d.user_id, c.chunker_name,
        c.chunker_version, c.text, c.chunk_sha, c.tokens, c.utf8_start, c.utf8_end, c.headings,
        c.page_first, c.page_last, f.embed_model, f.embed_version, f.embed_width, v.embedding
    FROM fence f
    CROSS JOIN LATERAL (
        SELECT user_id FROM upload_pipeline.documents WHERE document_id = f.document_id
        OFFSET 0) d
    CROSS JOIN LATERAL (
        SELECT * FROM upload_pipeline.document_chunk_buffer
        WHERE (document_id, generation) = (f.document_id, f.generation)
        OFFSET 0) c
    CROSS JOIN LATERAL (
        SELECT embedding FROM upload_pipeline.document_vector_buffer
        WHERE (document_id, generation, chunk_ord) = (f.document_id, f.generation, c.chunk_ord)
        OFFSET 0) v
    RETURNING document_id
), sketched AS (
    INSERT INTO upload_pipeline.chunk_sketches
        (document_id, generation, chunk_ord, user_id, space_id, sketch)
    SELECT f.document_id, f.generation, v.chunk_ord, d.user_id, p.space_id, v.sketch
    FROM fence f
    CROSS JOIN LATERAL (
        SELECT user_id FROM upload_pipeline.documents WHERE document_id = f.document_id
        OFFSET 0) d
    LEFT JOIN upload_pipeline.vector_spaces p
        ON (p.model, p.version) = (f.embed_model, f.embed_version)
    CROSS JOIN LATERAL (
        SELECT chunk_ord, sketch FROM upload_pipeline.document_vector_buffer
        WHERE (document_id, generation) = (f.document_id, f.generation)
        OFFSET 0) v
), vectors AS (
    DELETE FROM upload_pipeline.document_vector_buffer b USING fence f
    WHERE b.document_id = ANY (ARRAY(SELECT document_id FROM fence))
        AND (b.document_id, b.generation) = (f.document_id, f.generation)
), texts AS (
    DELETE FROM upload_pipeline.document_chunk_buffer b USING fence f
    WHERE b.document_id = ANY (ARRAY(SELECT document_id FROM fence))
        AND (b.document_id, b.generation) = (f.document_id, f.generation)
), replaced AS (
    DELETE FROM upload_pipeline.document_chunks c USING fence f
    WHERE c.document_id = ANY (ARRAY(SELECT document_id FROM fence WHERE generation > 1))
        AND c.document_id = f.document_id AND c.generation < f.generation
), replaced_sketches AS (
    DELETE FROM upload_pipeline.chunk_sketches s USING fence f
    WHERE s.document_id = ANY (ARRAY(SELECT document_id FROM fence WHERE generation > 1))
        AND s.document_id = f.document_id AND s.generation < f.generation
)
SELECT f.job_id, coalesce(m.chunks, 0), f.expected_chunks
FROM fence f
LEFT JOIN (SELECT document_id, count(*) AS chunks FROM moved GROUP BY 1) m USING (document_id);
