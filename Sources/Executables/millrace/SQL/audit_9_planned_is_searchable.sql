-- Invariant 9: planned = buffered = flushed = searchable, in one vector space and one generation;
-- and nothing of an unfinished generation is visible.
-- Returns (subject, detail). Locks: none. Index: document_chunks_pkey, events_of_job.
WITH newest AS (
    SELECT DISTINCT ON (document_id) *
    FROM upload_pipeline.upload_jobs
    WHERE stage = 'embedded' AND state = 'done'
    ORDER BY document_id, generation DESC
), told AS (
    SELECT n.document_id, n.generation, n.expected_chunks, n.embed_model, n.embed_version,
           (SELECT (e.payload ->> 'chunks')::int FROM upload_pipeline.events e
            WHERE e.job_id = n.job_id AND e.code = 'chunks_buffered'
            ORDER BY e.event_id DESC LIMIT 1) AS planned
    FROM newest n
)
SELECT t.document_id::text,
       format('planned %s, on the row %s, searchable %s', t.planned, t.expected_chunks, c.found)
FROM told t, LATERAL (
    SELECT count(*) AS found FROM upload_pipeline.document_chunks c
    WHERE c.document_id = t.document_id AND c.generation = t.generation
      AND c.embed_model = t.embed_model AND c.embed_version = t.embed_version) AS c
WHERE t.planned IS NOT NULL AND t.planned <> t.expected_chunks OR c.found <> t.expected_chunks
UNION ALL
SELECT c.document_id::text, format('chunks of generation %s are visible', c.generation)
FROM (SELECT DISTINCT document_id, generation FROM upload_pipeline.document_chunks) AS c
LEFT JOIN newest n USING (document_id)
WHERE n.generation IS DISTINCT FROM c.generation
LIMIT 100;
