-- A tenant's cells in one embedding space.
-- $1 tenant, $2 space
-- Locks: none.
-- Index: sketch_cells_pkey.
SELECT cell, centroid FROM upload_pipeline.sketch_cells WHERE user_id = $1 AND space_id = $2;
