-- Invariant 1: an acknowledged upload has exactly one job a generation, told by one event.
-- (invariant, subject, detail), at most 100 of each kind.
-- $1 seconds: of documents that came since
-- Locks: none. Index: documents_by_time, upload_jobs (document_id, generation), events_of_job.
WITH fresh AS MATERIALIZED (
    SELECT document_id FROM upload_pipeline.documents
    WHERE created_at >= statement_timestamp() - make_interval(secs => $1::float8)
), jobs AS MATERIALIZED (
    SELECT f.document_id, j.job_id
    FROM fresh f LEFT JOIN upload_pipeline.upload_jobs j USING (document_id)
)
(SELECT 1, document_id::text, 'the document has no job'
 FROM jobs WHERE job_id IS NULL
 LIMIT 100)
UNION ALL
(SELECT 1, j.job_id::text, format('accepted %s times', told.times)
 FROM jobs j CROSS JOIN LATERAL (
     SELECT count(*) AS times FROM upload_pipeline.events e
     WHERE e.job_id = j.job_id AND e.code = 'accepted') AS told
 WHERE j.job_id IS NOT NULL AND told.times <> 1
 LIMIT 100);
