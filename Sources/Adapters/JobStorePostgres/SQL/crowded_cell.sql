-- A cell of a tenant that has too many members: its space, its number.
-- $1 tenant, $2 most members
-- Locks: none. Index: sketch_cells_pkey.
SELECT space_id, cell FROM upload_pipeline.sketch_cells
WHERE user_id = $1 AND members > $2
LIMIT 1;
