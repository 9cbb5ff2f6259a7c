-- Inserts cells without members. Returns (number, centroid) of each.
-- $1 tenant, $2 space, $3 centroids
-- Locks: none.
-- Index: sketch_cells_pkey.
INSERT INTO upload_pipeline.sketch_cells (user_id, space_id, centroid, members)
SELECT $1, $2, centroid, 0 FROM unnest($3::bit(1024)[]) AS centroid
RETURNING cell, centroid;
