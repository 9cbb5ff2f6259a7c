-- Invariant 7: nothing is left in the buffers of a job that has succeeded. A dead job keeps its
-- rows for a redrive.
-- Returns (subject, detail). Locks: none. Index: primary keys of the buffers.
SELECT j.job_id::text, format('%s texts and %s vectors are still buffered', texts.n, vectors.n)
FROM upload_pipeline.upload_jobs j
CROSS JOIN LATERAL (
    SELECT count(*) AS n FROM upload_pipeline.document_chunk_buffer b
    WHERE b.document_id = j.document_id AND b.generation = j.generation) AS texts
CROSS JOIN LATERAL (
    SELECT count(*) AS n FROM upload_pipeline.document_vector_buffer b
    WHERE b.document_id = j.document_id AND b.generation = j.generation) AS vectors
WHERE j.stage = 'embedded' AND j.state = 'done' AND texts.n + vectors.n > 0
LIMIT 100;
