-- Moves a slice of a long document's chunks and sketches, as flush.sql moves all of a short one.
-- Returns the number moved.
-- $1 job, $2 first chunk, $3 end (exclusive)
-- Locks: the buffered rows. Index: all primary keys.
WITH job AS MATERIALIZED (
    SELECT j.document_id, j.generation, j.embed_model, j.embed_version, j.embed_width, d.user_id,
        p.space_id
    FROM upload_pipeline.upload_jobs j
    CROSS JOIN LATERAL (
        SELECT user_id FROM upload_pipeline.documents WHERE document_id = j.document_id
        OFFSET 0) d
    LEFT JOIN upload_pipeline.vector_spaces p
        ON (p.model, p.version) = (j.embed_model, j.embed_version)
    WHERE j.job_id = $1::uuid
), moved AS (
    INSERT INTO upload_pipeline.document_chunks (document_id, generation, chunk_ord, chunk_id,
        user_id, chunker_name, chunker_version, text, chunk_sha, tokens, utf8_start, utf8_end,
        headings, page_first, page_last, embed_model, embed_version, embed_width, embedding)
    SELECT j.document_id, j.generation, c.chunk_ord, c.chunk_id, j.user_id, c.chunker_name,
        c.chunker_version, c.text, c.chunk_sha, c.tokens, c.utf8_start, c.utf8_end, c.headings,
        c.page_first, c.page_last, j.embed_model, j.embed_version, j.embed_width, v.embedding
    FROM job j
    CROSS JOIN LATERAL (
        SELECT * FROM upload_pipeline.document_chunk_buffer
        WHERE (document_id, generation) = (j.document_id, j.generation)
          AND chunk_ord >= $2::bigint AND chunk_ord < $3::bigint
        OFFSET 0) c
    CROSS JOIN LATERAL (
        SELECT embedding FROM upload_pipeline.document_vector_buffer
        WHERE (document_id, generation, chunk_ord) = (j.document_id, j.generation, c.chunk_ord)
        OFFSET 0) v
    RETURNING document_id
), sketched AS (
    INSERT INTO upload_pipeline.chunk_sketches
        (document_id, generation, chunk_ord, user_id, space_id, sketch)
    SELECT j.document_id, j.generation, v.chunk_ord, j.user_id, j.space_id, v.sketch
    FROM job j
    CROSS JOIN LATERAL (
        SELECT chunk_ord, sketch FROM upload_pipeline.document_vector_buffer
        WHERE (document_id, generation) = (j.document_id, j.generation)
          AND chunk_ord >= $2::bigint AND chunk_ord < $3::bigint
        OFFSET 0) v
), vectors AS (
    DELETE FROM upload_pipeline.document_vector_buffer b USING job j
    WHERE b.document_id = (SELECT document_id FROM job) AND b.generation = j.generation
      AND b.chunk_ord >= $2::bigint AND b.chunk_ord < $3::bigint
), texts AS (
    DELETE FROM upload_pipeline.document_chunk_buffer b USING job j
    WHERE b.document_id = (SELECT document_id FROM job) AND b.generation = j.generation
      AND b.chunk_ord >= $2::bigint AND b.chunk_ord < $3::bigint
)
SELECT count(*) FROM moved;
