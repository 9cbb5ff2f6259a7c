-- Chunks of a cell, or without a cell, with their sketches.
-- $1 tenant, $2 space, $3 cell (0 for none), $4 limit
-- Locks: none.
-- Index: chunk_sketches_by_cell.
SELECT document_id, generation, chunk_ord, sketch FROM upload_pipeline.chunk_sketches
WHERE user_id = $1 AND space_id = $2 AND cell = $3 AND sketch IS NOT NULL
LIMIT $4;
