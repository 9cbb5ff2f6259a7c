-- Deletes a cell whose members have moved to other cells.
-- $1 tenant, $2 space, $3 cell
-- Locks: that row; the caller holds `lock_cells`.
-- Index: sketch_cells_pkey.
DELETE FROM upload_pipeline.sketch_cells WHERE user_id = $1 AND space_id = $2 AND cell = $3;
