-- Finds chunks by meaning and by words, fused by reciprocal rank (k = 60). Either part is empty
-- without its parameter.
--
--   meaning: opened (cells) -> near (sketches) -> nearest (vectors) -> by_meaning -+
--                                                    |                             +-> fused
--   words:   with_all -> strict ---------------------|-------------+-> by_words ---+
--            with_any -> loose, if strict is empty <-+-------------+
--
-- Meaning: compares the sketches of the nearest cells, then the vectors of the nearest sketches.
-- Words: matches all words, in web search syntax; if no chunk matches, any of the words. At most a
-- few hundred matches are ranked, since common words discriminate little. For any of the words,
-- the chunks nearest in meaning are ranked too.
-- A document's rows are inserted in one transaction when it is finished.
-- $1 tenant, $2 vector, $3 model, $4 version, $5 words, $6 limit, $7 documents, $8 media types,
-- $9 sketch of the vector; $2, $5, $7, $8 and $9 may be NULL
-- Locks: none.
-- Index: chunk_sketches_by_cell, document_chunks_pkey, document_chunks_text.
WITH scope AS NOT MATERIALIZED (
    SELECT c.* FROM upload_pipeline.document_chunks c
    WHERE c.user_id = $1::uuid AND c.embed_model = $3 AND c.embed_version = $4
      AND ($7::uuid[] IS NULL OR c.document_id = ANY ($7::uuid[]))
      AND ($8::text[] IS NULL OR EXISTS (
          SELECT FROM upload_pipeline.documents d
          WHERE d.document_id = c.document_id AND d.mime = ANY ($8::text[])))
), space AS (
    SELECT space_id FROM upload_pipeline.embedding_spaces WHERE model = $3 AND version = $4
), opened AS (
    -- The nearest fifth of the tenant's cells, at least 128; all cells if $7 or $8 is given.
    SELECT cell FROM upload_pipeline.sketch_cells
    WHERE user_id = $1::uuid AND space_id = (TABLE space)
    ORDER BY centroid OPERATOR(public.<~>) $9::bit(1024)
    LIMIT CASE WHEN $7::uuid[] IS NULL AND $8::text[] IS NULL THEN (
        SELECT greatest(128, count(*) / 5) FROM upload_pipeline.sketch_cells
        WHERE user_id = $1::uuid AND space_id = (TABLE space)) END
), near AS MATERIALIZED (
    (SELECT s.document_id, s.generation, s.chunk_ord FROM upload_pipeline.chunk_sketches s
    WHERE $9::bit(1024) IS NOT NULL AND s.user_id = $1::uuid AND s.space_id = (TABLE space)
      AND s.cell = ANY (ARRAY(SELECT 0 UNION ALL TABLE opened)) AND s.sketch IS NOT NULL
      AND ($7::uuid[] IS NULL OR s.document_id = ANY ($7::uuid[]))
      AND ($8::text[] IS NULL OR s.document_id IN (
          SELECT d.document_id FROM upload_pipeline.documents d
          WHERE d.user_id = $1::uuid AND d.mime = ANY ($8::text[])))
    ORDER BY s.sketch OPERATOR(public.<~>) $9::bit(1024)
    LIMIT greatest(300, 6 * $6::bigint))
    UNION ALL
    SELECT s.document_id, s.generation, s.chunk_ord FROM upload_pipeline.chunk_sketches s
    WHERE $9::bit(1024) IS NOT NULL AND s.user_id = $1::uuid AND s.space_id = (TABLE space)
      AND s.sketch IS NULL
      AND ($7::uuid[] IS NULL OR s.document_id = ANY ($7::uuid[]))
      AND ($8::text[] IS NULL OR s.document_id IN (
          SELECT d.document_id FROM upload_pipeline.documents d
          WHERE d.user_id = $1::uuid AND d.mime = ANY ($8::text[])))
), nearest AS MATERIALIZED (
    SELECT near.*, c.text, c.distance
    -- An ordered lookup by key, which stops at the first row. A bitmap scan is six times slower.
    FROM near CROSS JOIN LATERAL (
        SELECT text, embedding OPERATOR(public.<=>) $2::public.vector AS distance
        FROM upload_pipeline.document_chunks c
        WHERE c.document_id = near.document_id AND c.generation = near.generation
          AND c.chunk_ord >= near.chunk_ord
        ORDER BY c.chunk_ord LIMIT 1) c
    ORDER BY distance LIMIT greatest(50, 4 * $6::bigint)
), by_meaning AS (
    SELECT document_id, generation, chunk_ord,
           row_number() OVER (ORDER BY distance, document_id, chunk_ord) AS rank
    FROM nearest
), question AS (
    SELECT websearch_to_tsquery('english', $5::text) AS all_words,
           replace(plainto_tsquery('english', $5::text)::text, ' & ', ' | ')::tsquery AS any_word
), with_all AS MATERIALIZED (
    SELECT document_id, generation, chunk_ord, text FROM scope, question
    WHERE upload_pipeline.chunk_words(text) @@ all_words
), strict AS MATERIALIZED (
    SELECT document_id, generation, chunk_ord,
           ts_rank_cd(upload_pipeline.chunk_words(text), all_words) AS weight
    FROM (SELECT * FROM with_all LIMIT 300) AS sample, question
), with_any AS MATERIALIZED (
    SELECT document_id, generation, chunk_ord, text FROM scope, question
    WHERE upload_pipeline.chunk_words(text) @@ any_word
), loose AS (
    SELECT document_id, generation, chunk_ord,
           ts_rank_cd(upload_pipeline.chunk_words(text), any_word) AS weight
    FROM (
        SELECT document_id, generation, chunk_ord, text FROM nearest
        UNION
        (TABLE with_any LIMIT CASE WHEN $9 IS NULL THEN 300 ELSE 100 END)) AS sample, question
    WHERE NOT EXISTS (SELECT FROM strict) AND upload_pipeline.chunk_words(text) @@ any_word
), by_words AS (
    SELECT document_id, generation, chunk_ord,
           row_number() OVER (ORDER BY weight DESC, document_id, chunk_ord) AS rank
    FROM (TABLE strict UNION ALL TABLE loose) AS found
    ORDER BY rank LIMIT greatest(50, 4 * $6::bigint)
), fused AS (
    SELECT document_id, generation, chunk_ord, m.rank AS vector_rank, w.rank AS text_rank,
           coalesce(1.0 / (60 + m.rank), 0) + coalesce(1.0 / (60 + w.rank), 0) AS score
    FROM by_meaning m FULL JOIN by_words w USING (document_id, generation, chunk_ord)
    ORDER BY score DESC, document_id, chunk_ord LIMIT $6::bigint
)
SELECT f.document_id, d.filename, d.mime, c.chunk_id::text, c.chunk_ord::bigint, c.text,
       c.headings, c.page_first::bigint, c.page_last::bigint, f.score::double precision,
       f.vector_rank, f.text_rank
FROM fused f
JOIN upload_pipeline.document_chunks c USING (document_id, generation, chunk_ord)
JOIN upload_pipeline.documents d USING (document_id)
ORDER BY f.score DESC, f.document_id, f.chunk_ord;
