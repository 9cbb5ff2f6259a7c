-- Chunks of a document, starting at a chunk number.
-- $1 document, $2 first chunk, $3 limit
-- Locks: none.
-- Index: document_chunks_pkey.
SELECT c.chunk_id::text, c.chunk_ord::bigint, c.text, c.tokens::bigint, c.headings,
       c.page_first::bigint, c.page_last::bigint, c.utf8_start, c.utf8_end
FROM upload_pipeline.document_chunks c
WHERE c.document_id = $1::uuid AND c.chunk_ord >= $2::integer
ORDER BY c.generation, c.chunk_ord LIMIT $3::bigint;
