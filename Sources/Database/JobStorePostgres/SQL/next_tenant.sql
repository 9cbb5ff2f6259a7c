-- The tenant with searchable chunks that follows another, in the order of ids.
-- $1 tenant or NULL
-- Locks: none. Index: chunk_sketches_by_cell.
SELECT s.user_id FROM upload_pipeline.chunk_sketches s
WHERE s.user_id > coalesce($1::uuid, '00000000-0000-0000-0000-000000000000')
ORDER BY s.user_id
LIMIT 1;
