-- Chunks by meaning ($2) and by words ($5), fused by reciprocal rank (k = 60).
-- Rows are here only once their document is finished, all of them in one transaction.
-- Words: all of them, as a web search takes them; any of them where that finds nothing.
-- Parameters: tenant, vector, model, version, words, limit, documents, media types.
WITH scope AS NOT MATERIALIZED (
    SELECT c.* FROM upload_pipeline.document_chunks c
    WHERE c.user_id = $1::uuid AND c.embed_model = $3 AND c.embed_version = $4
      AND ($7::uuid[] IS NULL OR c.document_id = ANY ($7::uuid[]))
      AND ($8::text[] IS NULL OR EXISTS (
          SELECT FROM upload_pipeline.documents d
          WHERE d.document_id = c.document_id AND d.mime = ANY ($8::text[])))
), by_meaning AS (
    SELECT document_id, generation, chunk_ord,
           row_number() OVER (ORDER BY distance, document_id, chunk_ord) AS rank
    FROM (
        SELECT document_id, generation, chunk_ord, embedding OPERATOR(public.<=>) $2::public.vector AS distance
        FROM scope WHERE $2::public.vector IS NOT NULL
        ORDER BY distance LIMIT greatest(50, 4 * $6::bigint)) AS nearest
), question AS (
    SELECT websearch_to_tsquery('english', $5::text) AS all_words,
           replace(plainto_tsquery('english', $5::text)::text, ' & ', ' | ')::tsquery AS any_word
), strict AS MATERIALIZED (
    SELECT document_id, generation, chunk_ord,
           ts_rank_cd(to_tsvector('english', text), all_words) AS weight
    FROM scope, question
    WHERE to_tsvector('english', text) @@ all_words
    ORDER BY weight DESC, document_id, chunk_ord LIMIT greatest(50, 4 * $6::bigint)
), loose AS (
    SELECT document_id, generation, chunk_ord,
           ts_rank_cd(to_tsvector('english', text), any_word) AS weight
    FROM scope, question
    WHERE to_tsvector('english', text) @@ any_word AND NOT EXISTS (SELECT FROM strict)
    ORDER BY weight DESC, document_id, chunk_ord LIMIT greatest(50, 4 * $6::bigint)
), by_words AS (
    SELECT document_id, generation, chunk_ord,
           row_number() OVER (ORDER BY weight DESC, document_id, chunk_ord) AS rank
    FROM (TABLE strict UNION ALL TABLE loose) AS found
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
ORDER BY f.score DESC, f.document_id, f.chunk_ord
