-- Moves the chunks of documents to document_chunks and their sketches to chunk_sketches, adds their
-- words to chunk_words, deletes their previous generation and finishes their jobs. A long document
-- is moved in slices, one call each in one transaction; only the first call has a claim.
-- Returns (job, moved, expected, replaced) of the jobs whose claims hold. The caller rolls back
-- when moved and expected differ.
-- $1 job ids, $2 claim ids; the slice: $3 first chunk, $4 end (exclusive); $5 jobs that this
-- transaction has already finished
-- Locks: the rows of the jobs in key order, the rows moved and deleted.
-- Index: primary keys of all tables.
WITH fence AS (
    UPDATE upload_pipeline.upload_jobs
    SET stage = 'embedded', state = 'done'
    WHERE job_id = ANY (ARRAY(
        SELECT job_id FROM upload_pipeline.upload_jobs
        WHERE job_id = ANY ($1::uuid[]) AND claim_id = ANY ($2::uuid[])
        ORDER BY job_id
        FOR UPDATE))
    RETURNING job_id, document_id, generation, expected_chunks, embed_model, embed_version,
        embed_width, language
), job AS MATERIALIZED (
    -- LATERAL forces lookups by key, regardless of the planner's row estimates.
    SELECT f.*, d.user_id, d.filename, p.space_id
    FROM (
        TABLE fence
        UNION ALL
        SELECT job_id, document_id, generation, expected_chunks, embed_model, embed_version,
            embed_width, language
        FROM upload_pipeline.upload_jobs WHERE job_id = ANY ($5::uuid[])) AS f
    CROSS JOIN LATERAL (
        SELECT user_id, filename FROM upload_pipeline.documents
        WHERE document_id = f.document_id
        OFFSET 0) d
    LEFT JOIN upload_pipeline.embedding_spaces p
        ON (p.model, p.version) = (f.embed_model, f.embed_version)
), moved AS (
    -- The rows that a DELETE returns would be joined one by one.
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
          AND chunk_ord >= $3::bigint AND chunk_ord < $4::bigint
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
          AND chunk_ord >= $3::bigint AND chunk_ord < $4::bigint
        OFFSET 0) v
), indexed AS (
    INSERT INTO upload_pipeline.chunk_words
        (document_id, generation, chunk_ord, user_id, space_id, language, words)
    SELECT j.document_id, j.generation, c.chunk_ord, j.user_id, j.space_id, j.language,
        upload_pipeline.words_of_chunk(
            j.user_id, j.space_id, j.language, j.filename, c.headings, c.text)
    FROM job j
    CROSS JOIN LATERAL (
        SELECT chunk_ord, headings, text FROM upload_pipeline.document_chunk_buffer
        WHERE (document_id, generation) = (j.document_id, j.generation)
          AND chunk_ord >= $3::bigint AND chunk_ord < $4::bigint
        OFFSET 0) c
), vectors AS (
    DELETE FROM upload_pipeline.document_vector_buffer b USING job j
    WHERE b.document_id = ANY (ARRAY(SELECT document_id FROM job))
        AND b.generation = ANY (ARRAY(SELECT generation FROM job))
        AND b.chunk_ord >= $3::bigint AND b.chunk_ord < $4::bigint
        AND (b.document_id, b.generation) = (j.document_id, j.generation)
), texts AS (
    DELETE FROM upload_pipeline.document_chunk_buffer b USING job j
    WHERE b.document_id = ANY (ARRAY(SELECT document_id FROM job))
        AND b.generation = ANY (ARRAY(SELECT generation FROM job))
        AND b.chunk_ord >= $3::bigint AND b.chunk_ord < $4::bigint
        AND (b.document_id, b.generation) = (j.document_id, j.generation)
), previous AS MATERIALIZED (
    SELECT j.document_id, c.generation
    FROM job j
    CROSS JOIN LATERAL (
        SELECT generation FROM upload_pipeline.document_chunks
        WHERE document_id = j.document_id AND generation < j.generation
        ORDER BY generation DESC, chunk_ord DESC LIMIT 1) c
    WHERE j.generation > 1
), replaced AS (
    DELETE FROM upload_pipeline.document_chunks c USING previous p
    WHERE c.document_id = ANY (ARRAY(SELECT document_id FROM previous))
        AND c.generation = ANY (ARRAY(SELECT generation FROM previous))
        AND c.chunk_ord >= $3::bigint AND c.chunk_ord < $4::bigint
        AND (c.document_id, c.generation) = (p.document_id, p.generation)
    RETURNING c.document_id
), replaced_sketches AS (
    DELETE FROM upload_pipeline.chunk_sketches s USING previous p
    WHERE s.document_id = ANY (ARRAY(SELECT document_id FROM previous))
        AND s.generation = ANY (ARRAY(SELECT generation FROM previous))
        AND s.chunk_ord >= $3::bigint AND s.chunk_ord < $4::bigint
        AND (s.document_id, s.generation) = (p.document_id, p.generation)
), replaced_words AS (
    DELETE FROM upload_pipeline.chunk_words w USING previous p
    WHERE w.document_id = ANY (ARRAY(SELECT document_id FROM previous))
        AND w.generation = ANY (ARRAY(SELECT generation FROM previous))
        AND w.chunk_ord >= $3::bigint AND w.chunk_ord < $4::bigint
        AND (w.document_id, w.generation) = (p.document_id, p.generation)
)
SELECT j.job_id, coalesce(m.chunks, 0), j.expected_chunks::bigint, coalesce(r.chunks, 0)
FROM job j
LEFT JOIN (SELECT document_id, count(*) AS chunks FROM moved GROUP BY 1) m USING (document_id)
LEFT JOIN (SELECT document_id, count(*) AS chunks FROM replaced GROUP BY 1) r USING (document_id);
