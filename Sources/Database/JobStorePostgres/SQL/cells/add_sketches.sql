-- Sets the sketches of chunks. Chunks that no longer exist are skipped.
-- $1 documents, $2 generations, $3 chunks, $4 sketches (same order)
-- Locks: those rows.
-- Index: chunk_sketches_pkey.
UPDATE upload_pipeline.chunk_sketches s SET sketch = fresh.sketch
FROM unnest($1::uuid[], $2::integer[], $3::integer[], $4::bit(1024)[])
    AS fresh (document_id, generation, chunk_ord, sketch)
CROSS JOIN LATERAL (
    SELECT ctid FROM upload_pipeline.chunk_sketches
    WHERE (document_id, generation, chunk_ord)
        = (fresh.document_id, fresh.generation, fresh.chunk_ord)
    OFFSET 0) AS existing
WHERE s.ctid = existing.ctid;
