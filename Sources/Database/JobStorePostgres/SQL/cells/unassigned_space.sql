-- An embedding space in which enough of a tenant's chunks have no cell.
-- $1 tenant, $2 how many are enough if the space has cells, $3 how many if it has none
-- Locks: none.
-- Index: chunk_sketches_by_cell, sketch_cells_pkey.
SELECT p.space_id FROM upload_pipeline.embedding_spaces p
WHERE EXISTS (
    SELECT FROM upload_pipeline.chunk_sketches s
    WHERE s.user_id = $1 AND s.space_id = p.space_id AND s.cell = 0
    OFFSET CASE WHEN EXISTS (
        SELECT FROM upload_pipeline.sketch_cells c
        WHERE c.user_id = $1 AND c.space_id = p.space_id) THEN $2::bigint ELSE $3::bigint END - 1)
LIMIT 1;
