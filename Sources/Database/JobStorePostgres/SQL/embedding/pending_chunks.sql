-- Staged chunks without a vector: (document, chunk, text, headings), in order within each document.
-- $1 documents, $2 generations, $3 chunks: start after these (same order), $4 limit per document
-- Locks: none.
-- Index: both buffers' primary keys.
SELECT d.document_id, c.chunk_ord, c.text, c.headings
FROM unnest($1::uuid[], $2::integer[], $3::integer[]) AS d (document_id, generation, after)
CROSS JOIN LATERAL (
    SELECT b.chunk_ord, b.text, b.headings FROM upload_pipeline.document_chunk_buffer b
    WHERE (b.document_id, b.generation) = (d.document_id, d.generation) AND b.chunk_ord > d.after
      AND NOT EXISTS (
        SELECT FROM upload_pipeline.document_vector_buffer v
        WHERE (v.document_id, v.generation, v.chunk_ord)
            = (b.document_id, b.generation, b.chunk_ord)
        OFFSET 0)
    ORDER BY b.chunk_ord
    LIMIT $4) c
ORDER BY d.document_id, c.chunk_ord;
