-- Invariants on the rows of ended jobs. Returns (invariant, subject, detail), at most 100 of each.
-- 3: a finished document's chunks are numbered 0 to n-1. 7: the buffers contain no rows of a job
-- that has succeeded; those of a dead job stay for a redrive. 9: planned = buffered = flushed =
-- searchable, in one embedding space and one generation; no chunk of an unfinished one is visible.
-- $1 documents
-- Locks: none.
-- Index: upload_jobs (document_id, generation), events_of_job, primary keys of
-- buffers, chunks, sketches and words.
WITH touched AS MATERIALIZED (
    SELECT document_id FROM unnest($1::uuid[]) AS given (document_id)
), newest AS MATERIALIZED (
    -- LATERAL forces an index lookup per document, regardless of the planner's row estimates.
    SELECT j.*
    FROM touched t CROSS JOIN LATERAL (
        SELECT j.* FROM upload_pipeline.upload_jobs j
        WHERE j.document_id = t.document_id AND j.stage = 'embedded' AND j.state = 'done'
        ORDER BY j.generation DESC LIMIT 1) AS j
), found AS MATERIALIZED (
    SELECT t.document_id, c.*
    FROM touched t CROSS JOIN LATERAL (
        SELECT c.generation, c.embed_model, c.embed_version, count(*) AS chunks,
               min(c.chunk_ord) AS low, max(c.chunk_ord) AS high
        FROM upload_pipeline.document_chunks c
        WHERE c.document_id = t.document_id
        GROUP BY 1, 2, 3) AS c
), searchable AS (
    SELECT document_id, generation, sum(chunks)::bigint AS chunks, min(low) AS low,
           max(high) AS high
    FROM found GROUP BY 1, 2
)
(SELECT 3, n.document_id::text,
        CASE WHEN s.chunks IS NULL THEN format('no chunk of %s', n.expected_chunks)
             ELSE format('numbers %s to %s, %s of them, of %s', s.low, s.high, s.chunks,
                         n.expected_chunks) END
 FROM newest n LEFT JOIN searchable s USING (document_id, generation)
 WHERE (s.chunks, s.low, s.high)
       IS DISTINCT FROM (n.expected_chunks::bigint, 0, n.expected_chunks - 1)
 LIMIT 100)
UNION ALL
(SELECT 7, n.job_id::text, 'texts or vectors are still buffered'
 FROM newest n
 -- Reads the first row in key order. EXISTS is planned as a scan of the whole buffer if the buffer
 -- held the rows of one document at the last ANALYZE.
 WHERE (SELECT true FROM upload_pipeline.document_chunk_buffer b
        WHERE b.document_id = n.document_id AND b.generation = n.generation
        ORDER BY b.document_id, b.generation, b.chunk_ord LIMIT 1)
    OR (SELECT true FROM upload_pipeline.document_vector_buffer b
        WHERE b.document_id = n.document_id AND b.generation = n.generation
        ORDER BY b.document_id, b.generation, b.chunk_ord LIMIT 1)
 LIMIT 100)
UNION ALL
(SELECT 9, n.document_id::text,
        format('planned %s, on the row %s, searchable %s', event.planned, n.expected_chunks,
               coalesce(f.chunks, 0))
 FROM newest n
 LEFT JOIN found f ON f.document_id = n.document_id AND f.generation = n.generation
     AND f.embed_model = n.embed_model AND f.embed_version = n.embed_version
 LEFT JOIN LATERAL (
     SELECT (e.payload ->> 'chunks')::int AS planned FROM upload_pipeline.events e
     WHERE e.job_id = n.job_id AND e.code = 'chunks_buffered'
     ORDER BY e.event_id DESC LIMIT 1) AS event ON true
 WHERE event.planned <> n.expected_chunks OR coalesce(f.chunks, 0) <> n.expected_chunks
 LIMIT 100)
UNION ALL
(SELECT 9, s.document_id::text, format('chunks of generation %s are visible', s.generation)
 FROM searchable s LEFT JOIN newest n USING (document_id)
 WHERE n.generation IS DISTINCT FROM s.generation
 LIMIT 100)
UNION ALL
(SELECT 9, n.document_id::text,
        format('searches by meaning find %s and by words %s of %s chunks', k.sketches, k.words,
            n.expected_chunks)
 FROM newest n CROSS JOIN LATERAL (
     SELECT (SELECT count(*) FROM upload_pipeline.chunk_sketches s
             WHERE s.document_id = n.document_id AND s.generation = n.generation
               AND (s.cell = 0 OR EXISTS (
                   SELECT FROM upload_pipeline.sketch_cells c
                   WHERE (c.user_id, c.space_id, c.cell) = (s.user_id, s.space_id, s.cell))))
                AS sketches,
            (SELECT count(*) FROM upload_pipeline.chunk_words w
             WHERE w.document_id = n.document_id AND w.generation = n.generation) AS words) AS k
 WHERE (k.sketches, k.words) <> (n.expected_chunks, n.expected_chunks)
 LIMIT 100);
