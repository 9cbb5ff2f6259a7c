-- Moves the chunks of documents to document_chunks and their sketches to chunk_sketches, replaces
-- their older generations and finishes their jobs. Returns (job, moved, expected) of those whose claims hold; the caller rolls back when
-- moved is not what was expected.
-- $1 job ids, $2 claim ids (same order)
-- Locks: the rows of the jobs in key order, the buffered rows. Index: all primary keys.
WITH held AS (
    SELECT j.job_id FROM upload_pipeline.upload_jobs j
    JOIN unnest($1::uuid[], $2::uuid[]) AS claim (job_id, claim_id)
      ON j.job_id = claim.job_id AND j.claim_id = claim.claim_id
    WHERE j.state = 'working'
    ORDER BY j.job_id
    FOR UPDATE OF j
), fence AS (
    UPDATE upload_pipeline.upload_jobs j
    SET state = 'done', finished_at = clock_timestamp(), claim_id = NULL, claimed_by = NULL,
        claimed_at = NULL, lease_until = NULL, stage_deadline = NULL, attempt = 0,
        retry_count = 0, updated_at = clock_timestamp()
    FROM held WHERE j.job_id = held.job_id
    RETURNING j.job_id, j.document_id, j.generation, j.expected_chunks, j.embed_model,
        j.embed_version, j.embed_width
), moved AS (
    -- Read from the tables by their keys: what a DELETE returns would be joined row by row.
    INSERT INTO upload_pipeline.document_chunks (document_id, generation, chunk_ord, chunk_id,
        user_id, chunker_name, chunker_version, text, chunk_sha, tokens, utf8_start, utf8_end,
        headings, page_first, page_last, embed_model, embed_version, embed_width, embedding)
    SELECT t.document_id, t.generation, t.chunk_ord, t.chunk_id, d.user_id, t.chunker_name,
        t.chunker_version, t.text, t.chunk_sha, t.tokens, t.utf8_start, t.utf8_end, t.headings,
        t.page_first, t.page_last, f.embed_model, f.embed_version, f.embed_width, v.embedding
    FROM fence f
    JOIN upload_pipeline.documents d USING (document_id)
    JOIN upload_pipeline.document_chunk_buffer t USING (document_id, generation)
    JOIN upload_pipeline.document_vector_buffer v USING (document_id, generation, chunk_ord)
    RETURNING document_id
), sketched AS (
    INSERT INTO upload_pipeline.chunk_sketches
        (document_id, generation, chunk_ord, user_id, space_id, sketch)
    SELECT v.document_id, v.generation, v.chunk_ord, d.user_id, p.space_id, v.sketch
    FROM fence f
    JOIN upload_pipeline.documents d USING (document_id)
    JOIN upload_pipeline.document_vector_buffer v USING (document_id, generation)
    LEFT JOIN upload_pipeline.vector_spaces p
        ON (p.model, p.version) = (f.embed_model, f.embed_version)
), vectors AS (
    DELETE FROM upload_pipeline.document_vector_buffer v USING fence f
    WHERE v.document_id = f.document_id AND v.generation = f.generation
), texts AS (
    DELETE FROM upload_pipeline.document_chunk_buffer b USING fence f
    WHERE b.document_id = f.document_id AND b.generation = f.generation
), replaced AS (
    DELETE FROM upload_pipeline.document_chunks c USING fence f
    WHERE c.document_id = f.document_id AND c.generation < f.generation
), replaced_sketches AS (
    DELETE FROM upload_pipeline.chunk_sketches s USING fence f
    WHERE s.document_id = f.document_id AND s.generation < f.generation
)
SELECT f.job_id, coalesce(m.chunks, 0), f.expected_chunks
FROM fence f
LEFT JOIN (SELECT document_id, count(*) AS chunks FROM moved GROUP BY 1) m USING (document_id);
