-- Invariant 1: an acknowledged upload has exactly one job per generation, with one accepted event.
-- Returns (invariant, subject, detail), at most 100 of each kind.
-- $1 documents, including deleted ones
-- Locks: none.
-- Index: documents_pkey, upload_jobs (document_id, generation), events_of_job.
WITH jobs AS MATERIALIZED (
    SELECT d.document_id, j.job_id
    FROM upload_pipeline.documents d LEFT JOIN LATERAL (
        SELECT job_id FROM upload_pipeline.upload_jobs j
        WHERE j.document_id = d.document_id
        OFFSET 0) j ON true
    WHERE d.document_id = ANY ($1::uuid[])
)
(SELECT 1, document_id::text, 'the document has no job'
 FROM jobs WHERE job_id IS NULL
 LIMIT 100)
UNION ALL
(SELECT 1, j.job_id::text, format('accepted %s times', accepted.times)
 FROM jobs j CROSS JOIN LATERAL (
     SELECT count(*) AS times FROM upload_pipeline.events e
     WHERE e.job_id = j.job_id AND e.code = 'accepted') AS accepted
 WHERE j.job_id IS NOT NULL AND accepted.times <> 1
 LIMIT 100);
