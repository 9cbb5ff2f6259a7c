-- Cells of a tenant that have too many members: their spaces, their numbers.
-- $1 tenant, $2 most members, $3 limit
-- Locks: none. Index: sketch_cells_pkey.
SELECT space_id, cell FROM upload_pipeline.sketch_cells
WHERE user_id = $1 AND members > $2
LIMIT $3;
