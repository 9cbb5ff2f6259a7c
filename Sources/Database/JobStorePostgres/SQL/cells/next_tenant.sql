-- The next tenant with searchable chunks, in the order of ids.
-- $1 previous tenant, NULL for the first
-- Locks: none.
-- Index: chunk_sketches_by_cell.
SELECT s.user_id FROM upload_pipeline.chunk_sketches s
WHERE s.user_id > coalesce($1::uuid, '00000000-0000-0000-0000-000000000000')
ORDER BY s.user_id
LIMIT 1;
