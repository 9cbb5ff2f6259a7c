-- Staged chunks of a document that lack a vector, in order.
-- $1 document, $2 generation, $3 limit
-- Locks: none. Index: both buffers' primary keys.
SELECT b.chunk_ord, b.text, b.headings
FROM upload_pipeline.document_chunk_buffer b
WHERE b.document_id = $1 AND b.generation = $2
  AND NOT EXISTS (
    SELECT FROM upload_pipeline.document_vector_buffer v
    WHERE v.document_id = b.document_id AND v.generation = b.generation
      AND v.chunk_ord = b.chunk_ord)
ORDER BY b.chunk_ord
LIMIT $3;
