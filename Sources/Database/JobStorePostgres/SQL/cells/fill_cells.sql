-- Assigns chunks to a tenant's cells and adds them to the member counts.
-- $1 tenant, $2 space, $3 documents, $4 generations, $5 chunks, $6 cells (same order)
-- Locks: those rows and cells; the caller holds `lock_cells`.
-- Index: both tables' primary keys.
WITH assigned AS (
    SELECT * FROM unnest($3::uuid[], $4::integer[], $5::integer[], $6::integer[])
        AS assigned (document_id, generation, chunk_ord, cell)
), counted AS (
    UPDATE upload_pipeline.sketch_cells c SET members = c.members + n.members
    FROM (SELECT cell, count(*) AS members FROM assigned GROUP BY cell) n
    WHERE c.user_id = $1 AND c.space_id = $2 AND c.cell = n.cell
)
UPDATE upload_pipeline.chunk_sketches s SET cell = assigned.cell
FROM assigned
CROSS JOIN LATERAL (
    SELECT ctid FROM upload_pipeline.chunk_sketches
    WHERE (document_id, generation, chunk_ord)
        = (assigned.document_id, assigned.generation, assigned.chunk_ord)
    OFFSET 0) AS existing
WHERE s.ctid = existing.ctid;
