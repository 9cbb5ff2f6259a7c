-- Deletes a slice of a long document's previous searchable generation, in the transaction that has
-- moved the new one. Returns the number deleted; chunks are numbered without gaps, so 0 is the end.
-- $1 job, $2 first chunk, $3 end (exclusive)
-- Locks: the rows deleted. Index: document_chunks_pkey, chunk_sketches_pkey.
WITH last AS MATERIALIZED (
    SELECT j.document_id, c.generation
    FROM upload_pipeline.upload_jobs j CROSS JOIN LATERAL (
        SELECT generation FROM upload_pipeline.document_chunks
        WHERE document_id = j.document_id AND generation < j.generation
        ORDER BY generation DESC, chunk_ord DESC LIMIT 1) c
    WHERE j.job_id = $1::uuid
), sketches AS (
    DELETE FROM upload_pipeline.chunk_sketches
    WHERE document_id = (SELECT document_id FROM last)
      AND generation = (SELECT generation FROM last)
      AND chunk_ord >= $2::bigint AND chunk_ord < $3::bigint
), chunks AS (
    DELETE FROM upload_pipeline.document_chunks
    WHERE document_id = (SELECT document_id FROM last)
      AND generation = (SELECT generation FROM last)
      AND chunk_ord >= $2::bigint AND chunk_ord < $3::bigint
    RETURNING chunk_ord
)
SELECT count(*) FROM chunks;
