-- A page of a tenant's chunks that have no sketch, with their vectors.
-- $1 tenant, $2 limit
-- Looks the vectors up one by one: how few there will be, no planner can tell beforehand.
-- Locks: none. Index: chunk_sketches_missing, document_chunks_pkey.
SELECT s.document_id, s.generation, s.chunk_ord, c.embedding
FROM (
    SELECT document_id, generation, chunk_ord FROM upload_pipeline.chunk_sketches
    WHERE user_id = $1 AND sketch IS NULL
    LIMIT $2) s
CROSS JOIN LATERAL (
    SELECT embedding FROM upload_pipeline.document_chunks
    WHERE (document_id, generation, chunk_ord) = (s.document_id, s.generation, s.chunk_ord)
    LIMIT 1) c;
