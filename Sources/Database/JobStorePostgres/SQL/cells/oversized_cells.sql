-- A tenant's cells with too many members: (space, cell).
-- $1 tenant, $2 maximum members, $3 limit
-- Locks: none.
-- Index: sketch_cells_pkey.
SELECT space_id, cell FROM upload_pipeline.sketch_cells
WHERE user_id = $1 AND members > $2
LIMIT $3;
