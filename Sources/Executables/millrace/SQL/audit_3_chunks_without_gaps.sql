-- Invariant 3: the chunks of a finished document are numbered 0 to n-1 without gaps.
-- Returns (subject, detail). Locks: none. Index: document_chunks_pkey.
WITH newest AS (
    SELECT DISTINCT ON (document_id) document_id, generation, expected_chunks
    FROM upload_pipeline.upload_jobs
    WHERE stage = 'embedded' AND state = 'done'
    ORDER BY document_id, generation DESC
)
SELECT n.document_id::text,
       format('numbers %s to %s, %s of them, of %s', chunks.low, chunks.high, chunks.found,
              n.expected_chunks)
FROM newest n, LATERAL (
    SELECT count(*) AS found, min(c.chunk_ord) AS low, max(c.chunk_ord) AS high
    FROM upload_pipeline.document_chunks c
    WHERE c.document_id = n.document_id AND c.generation = n.generation) AS chunks
WHERE (chunks.found, chunks.low, chunks.high)
      IS DISTINCT FROM (n.expected_chunks::bigint, 0, n.expected_chunks - 1)
LIMIT 100;
