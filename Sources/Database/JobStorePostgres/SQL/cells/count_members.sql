-- Sets the member count of a cell.
-- $1 tenant, $2 space, $3 cell, $4 members
-- Locks: that row; the caller holds `lock_cells`.
-- Index: sketch_cells_pkey.
UPDATE upload_pipeline.sketch_cells SET members = $4
WHERE user_id = $1 AND space_id = $2 AND cell = $3;
