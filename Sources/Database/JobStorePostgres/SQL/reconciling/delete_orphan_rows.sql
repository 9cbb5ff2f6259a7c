-- R4: deletes the staged texts and vectors of the next documents if no unfinished job owns them.
-- Returns (number deleted, last document checked, its generation). No row: there are no more
-- documents. Steps from document to document in the primary keys, so the cost is proportional to
-- their number.
-- $1 document, $2 generation: start after these, NULL for the first; $3 limit of documents
-- Locks: the rows.
-- Index: primary keys of both buffers, upload_jobs (document_id, generation).
WITH RECURSIVE staged AS (
    SELECT coalesce($1::uuid, '00000000-0000-0000-0000-000000000000') AS document_id,
           coalesce($2::integer, 0) AS generation, 0 AS number
    UNION ALL
    SELECT next.document_id, next.generation, s.number + 1
    FROM staged s, LATERAL (
        (SELECT b.document_id, b.generation FROM upload_pipeline.document_chunk_buffer b
         WHERE (b.document_id, b.generation) > (s.document_id, s.generation)
         ORDER BY b.document_id, b.generation LIMIT 1)
        UNION ALL
        (SELECT b.document_id, b.generation FROM upload_pipeline.document_vector_buffer b
         WHERE (b.document_id, b.generation) > (s.document_id, s.generation)
         ORDER BY b.document_id, b.generation LIMIT 1)
        ORDER BY document_id, generation LIMIT 1) AS next
    WHERE s.number < $3::integer
), orphan AS MATERIALIZED (
    SELECT document_id, generation FROM staged s
    WHERE number > 0 AND NOT EXISTS (
        SELECT FROM upload_pipeline.upload_jobs j
        WHERE j.document_id = s.document_id AND j.generation = s.generation
          AND NOT (j.stage = 'embedded' AND j.state = 'done'))
), texts AS (
    DELETE FROM upload_pipeline.document_chunk_buffer b USING orphan o
    WHERE (b.document_id, b.generation) = (o.document_id, o.generation)
    RETURNING 1
), vectors AS (
    DELETE FROM upload_pipeline.document_vector_buffer b USING orphan o
    WHERE (b.document_id, b.generation) = (o.document_id, o.generation)
    RETURNING 1
)
SELECT (SELECT count(*) FROM texts) + (SELECT count(*) FROM vectors), document_id, generation
FROM staged WHERE number > 0
ORDER BY number DESC LIMIT 1;
