-- Finds chunks by meaning and by words, fused by reciprocal rank (k = 60). Either part is empty
-- without its parameter.
--
--   meaning: opened (cells) -> near (sketches) -> nearest (vectors) -> by_meaning -+
--                                                                                  +-> fused
--   words:   asked -> question -> sought -> found (text vectors) -> by_words ------+
--
-- Meaning: compares the sketches of the nearest cells, then the vectors of the nearest sketches.
-- Words: the chunks that contain one of the rarest words are ranked by BM25 (k1 = 1.2, b = 0.75;
-- Robertson and Zaragoza 2009) over all words of the query. Words are taken from the rarest on,
-- until 2,000 chunks contain one, since common words discriminate little. With a filter by
-- documents, all chunks with any of the words are ranked. A chunk must match the required phrases
-- and none of the excluded ones. A document's rows are inserted in one transaction when it is
-- finished.
-- $1 tenant, $2 vector, $3 model, $4 version, $5 words, $6 limit, $7 documents, $8 media types,
-- $9 sketch of the vector, $10 required phrases, $11 for each its group: one phrase of a group is
-- enough, $12 excluded phrases, $13 whether a document has at most one hit; $2, $5, $7, $8 and $9
-- may be NULL
-- Locks: none.
-- Index: chunk_sketches_by_cell, document_chunks_pkey, chunk_words_words, word_counts_pkey,
-- word_changes_of_tenant.
WITH RECURSIVE space AS (
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
    SELECT near.*, c.distance
    -- An ordered lookup by key, which stops at the first row. A bitmap scan is six times slower.
    FROM near CROSS JOIN LATERAL (
        SELECT embedding OPERATOR(public.<=>) $2::public.vector AS distance
        FROM upload_pipeline.document_chunks c
        WHERE c.document_id = near.document_id AND c.generation = near.generation
          AND c.chunk_ord >= near.chunk_ord
        ORDER BY c.chunk_ord LIMIT 1) c
    ORDER BY distance LIMIT greatest(200, 4 * $6::bigint)
), by_meaning AS (
    SELECT document_id, generation, chunk_ord, distance,
           row_number() OVER (ORDER BY distance, document_id, chunk_ord) AS rank
    FROM nearest
), totals AS MATERIALIZED (
    SELECT language, chunks, words FROM upload_pipeline.word_totals
    WHERE user_id = $1::uuid AND space_id = (TABLE space)
), uncounted AS (
    -- The languages of chunks that are not yet counted, one index lookup each.
    (SELECT language FROM upload_pipeline.word_changes
     WHERE user_id = $1::uuid AND space_id = (TABLE space)
     ORDER BY language LIMIT 1)
    UNION ALL
    SELECT next.language FROM uncounted CROSS JOIN LATERAL (
        SELECT language FROM upload_pipeline.word_changes
        WHERE user_id = $1::uuid AND space_id = (TABLE space) AND language > uncounted.language
        ORDER BY language LIMIT 1) AS next
), languages AS MATERIALIZED (
    SELECT language::regconfig AS language
    FROM (TABLE uncounted UNION SELECT language FROM totals) AS l LEFT JOIN totals USING (language)
    ORDER BY chunks DESC NULLS FIRST LIMIT 8
), collection AS MATERIALIZED (
    SELECT greatest(sum(chunks), 1) AS chunks,
           coalesce(sum(words) / nullif(sum(chunks), 0), 100) AS length FROM totals
), asked AS (
    SELECT w.lexeme, min(w.positions[1]) AS place, max(cardinality(w.positions)) AS count
    FROM languages l CROSS JOIN unnest(upload_pipeline.words(l.language, $5::text)) AS w
    GROUP BY w.lexeme
), known AS MATERIALIZED (
    SELECT a.lexeme, a.place, a.count, coalesce(c.chunks, 0) AS chunks
    FROM asked a LEFT JOIN upload_pipeline.word_counts c
        ON c.user_id = $1::uuid AND c.space_id = (TABLE space) AND c.lexeme = a.lexeme
), respelled AS (
    -- An unknown word stands for the most frequent known one that differs by one letter.
    SELECT r.lexeme, r.chunks
    FROM (
        SELECT min(lexeme) AS lexeme, place FROM known GROUP BY place
        HAVING max(chunks) = 0 AND min(length(lexeme)) BETWEEN 4 AND 24 ORDER BY place LIMIT 4) AS u
    CROSS JOIN LATERAL (
        SELECT c.lexeme, c.chunks
        FROM upload_pipeline.spellings(u.lexeme) AS s (lexeme)
        JOIN upload_pipeline.word_counts c
            ON c.user_id = $1::uuid AND c.space_id = (TABLE space) AND c.lexeme = s.lexeme
        ORDER BY c.chunks DESC, c.lexeme LIMIT 1) AS r
), question AS MATERIALIZED (
    -- A word of chunks that are not yet counted counts as a rare one. A word that the query repeats
    -- weighs as often.
    SELECT q.lexeme, q.chunks, quote_literal(q.lexeme)::tsquery AS word,
           q.count * ln(1 + (greatest(n.chunks, q.chunks) - q.chunks + 0.5)
               / (q.chunks + 0.5))::double precision AS idf
    FROM (
        SELECT lexeme, chunks, count FROM known
        UNION ALL
        SELECT DISTINCT lexeme, chunks, 1 FROM respelled r
        WHERE NOT EXISTS (SELECT FROM known k WHERE k.lexeme = r.lexeme)) AS q
    CROSS JOIN collection n
), rarest AS (
    SELECT string_agg(word::text, ' | ') AS any_of
    FROM (SELECT word, sum(chunks) OVER (ORDER BY chunks, lexeme) - chunks AS before
          FROM question) AS w
    WHERE $7::uuid[] IS NOT NULL OR before < 2000 * CASE WHEN $8::text[] IS NULL THEN 1 ELSE 10 END
), required AS (
    SELECT string_agg('(' || alternatives || ')', ' & ') AS all_of
    FROM (
        SELECT string_agg('(' || upload_pipeline.phrase(l.language, t.term)::text || ')', ' | ')
            AS alternatives
        FROM unnest($10::text[], $11::integer[]) AS t (term, number) CROSS JOIN languages l
        GROUP BY t.number) AS groups
), excluded AS (
    SELECT string_agg('!(' || upload_pipeline.phrase(l.language, t.term)::text || ')', ' & ')
        AS none_of
    FROM unnest($12::text[]) AS t (term) CROSS JOIN languages l
), sought AS MATERIALIZED (
    SELECT concat_ws(' & ', quote_literal(upload_pipeline.scope_word($1::uuid, (TABLE space))),
        coalesce(all_of, '(' || any_of || ')'), none_of)::tsquery AS query
    FROM rarest CROSS JOIN required CROSS JOIN excluded
    WHERE coalesce(all_of, any_of) IS NOT NULL
), found AS MATERIALIZED (
    (SELECT c.document_id, c.generation, c.chunk_ord, c.words
     FROM sought s JOIN upload_pipeline.chunk_words c ON c.words @@ s.query
     WHERE $7::uuid[] IS NULL
       AND ($8::text[] IS NULL OR EXISTS (
           SELECT FROM upload_pipeline.documents d
           WHERE d.document_id = c.document_id AND d.mime = ANY ($8::text[])))
     LIMIT 6000)
    UNION ALL
    (SELECT c.document_id, c.generation, c.chunk_ord, c.words
     FROM unnest($7::uuid[]) AS d (document_id)
     CROSS JOIN LATERAL (
         SELECT * FROM upload_pipeline.chunk_words WHERE document_id = d.document_id OFFSET 0) AS c
     JOIN sought s ON c.words @@ s.query
     WHERE $8::text[] IS NULL OR EXISTS (
         SELECT FROM upload_pipeline.documents m
         WHERE m.document_id = c.document_id AND m.mime = ANY ($8::text[]))
     LIMIT 10000)
), weighed AS (
    -- ts_rank of one word is 0.1 / 1.644934 times the sum of 1 / i² over its first positions, which
    -- gives the number of its positions: tf.
    SELECT f.document_id, f.generation, f.chunk_ord, (
        SELECT coalesce(sum(q.idf * q.tf * 2.2 / (q.tf + f.norm)), 0)
        FROM (
            SELECT idf,
                   1 / (1.644934 - least(1.644, ts_rank(f.words, word) * 16.44934)) - 0.5 AS tf
            FROM question WHERE f.words @@ word) AS q) AS weight
    FROM (
        SELECT found.*, 1.2 * (0.25 + 0.75 * length(found.words) / n.length) AS norm
        FROM found CROSS JOIN collection n) AS f
), by_words AS (
    SELECT document_id, generation, chunk_ord, weight,
           row_number() OVER (ORDER BY weight DESC, document_id, chunk_ord) AS rank
    FROM weighed
    ORDER BY rank LIMIT greatest(200, 4 * $6::bigint)
), fused AS (
    SELECT document_id, generation, chunk_ord, m.rank AS vector_rank, w.rank AS text_rank,
           m.distance, w.weight,
           coalesce(1.0 / (60 + m.rank), 0) + coalesce(1.0 / (60 + w.rank), 0) AS score
    FROM by_meaning m FULL JOIN by_words w USING (document_id, generation, chunk_ord)
), best AS (
    SELECT *, row_number() OVER (
        PARTITION BY document_id ORDER BY score DESC, chunk_ord) AS rank_in_document
    FROM fused
), hits AS (
    SELECT * FROM best WHERE NOT $13::boolean OR rank_in_document = 1
    ORDER BY score DESC, document_id, chunk_ord LIMIT $6::bigint
)
SELECT h.document_id, d.filename, d.mime, c.chunk_id::text, c.chunk_ord::bigint, c.text,
       c.headings, c.page_first::bigint, c.page_last::bigint, h.score::double precision,
       h.vector_rank, h.text_rank, 1 - h.distance, h.weight::double precision
FROM hits h
JOIN upload_pipeline.document_chunks c USING (document_id, generation, chunk_ord)
JOIN upload_pipeline.documents d USING (document_id)
ORDER BY h.score DESC, h.document_id, h.chunk_ord;
