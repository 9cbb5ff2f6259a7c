-- A page of a tenant's chunks without a sketch, with their vectors. Looks up the vectors one by
-- one, because the planner cannot predict how few there are.
-- $1 tenant, $2 limit
-- Locks: none.
-- Index: chunk_sketches_missing, document_chunks_pkey.
SELECT s.document_id, s.generation, s.chunk_ord, c.embedding
FROM (
    SELECT document_id, generation, chunk_ord FROM upload_pipeline.chunk_sketches
    WHERE user_id = $1 AND sketch IS NULL
    LIMIT $2) s
CROSS JOIN LATERAL (
    SELECT embedding FROM upload_pipeline.document_chunks
    WHERE (document_id, generation, chunk_ord) = (s.document_id, s.generation, s.chunk_ord)
    LIMIT 1) c;
