-- Counts words of a tenant's chunks that were added or deleted. Returns the number of chunks, and
-- the spaces and words that no chunk contains any more (same order).
-- $1 tenant, $2 maximum number of chunks
-- Locks: the rows of those changes and counts; the caller holds `lock_cells`.
-- Index: word_changes_of_tenant, word_totals_pkey, word_counts_pkey.
WITH taken AS MATERIALIZED (
    DELETE FROM upload_pipeline.word_changes
    WHERE change_id = ANY (ARRAY(
        SELECT change_id FROM upload_pipeline.word_changes
        WHERE user_id = $1::uuid
        ORDER BY space_id, language, change_id LIMIT $2::bigint))
    RETURNING space_id, language, sign, words
), totals AS (
    INSERT INTO upload_pipeline.word_totals AS t (user_id, space_id, language, chunks, words)
    SELECT $1::uuid, space_id, language, sum(sign), sum(sign * length(words))
    FROM taken GROUP BY space_id, language ORDER BY space_id, language
    ON CONFLICT (user_id, space_id, language)
    DO UPDATE SET chunks = t.chunks + excluded.chunks, words = t.words + excluded.words
), counts AS (
    INSERT INTO upload_pipeline.word_counts AS c (user_id, space_id, lexeme, chunks)
    SELECT $1::uuid, space_id, lexeme, sum(sign)
    FROM taken, unnest(tsvector_to_array(words)) AS lexeme
    -- Without the word of tenant and space.
    WHERE lexeme NOT LIKE '@%'
    GROUP BY space_id, lexeme HAVING sum(sign) <> 0 ORDER BY space_id, lexeme
    ON CONFLICT (user_id, space_id, lexeme) DO UPDATE SET chunks = c.chunks + excluded.chunks
    RETURNING space_id, lexeme, chunks
)
SELECT (SELECT count(*) FROM taken), array_agg(space_id), array_agg(lexeme)
FROM counts WHERE chunks <= 0;
