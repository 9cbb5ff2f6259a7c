-- Deletes the counts of words that no chunk of a tenant contains any more.
-- $1 tenant, $2 spaces, $3 words (same order)
-- Locks: those rows; the caller holds `lock_cells`.
-- Index: word_counts_pkey.
DELETE FROM upload_pipeline.word_counts c
USING unnest($2::integer[], $3::text[]) AS forgotten (space_id, lexeme)
WHERE c.user_id = $1::uuid AND c.space_id = forgotten.space_id
  AND c.lexeme = forgotten.lexeme COLLATE "C" AND c.chunks <= 0;
