-- Invariant 1: an acknowledged upload has exactly one job a generation, told by one event.
-- Returns (subject, detail). Locks: none. Index: primary keys, events_of_job.
SELECT d.document_id::text, 'the document has no job'
FROM upload_pipeline.documents d
WHERE NOT EXISTS (
    SELECT FROM upload_pipeline.upload_jobs j WHERE j.document_id = d.document_id)
UNION ALL
SELECT j.job_id::text, format('accepted %s times', accepted.times)
FROM upload_pipeline.upload_jobs j, LATERAL (
    SELECT count(*) AS times FROM upload_pipeline.events e
    WHERE e.job_id = j.job_id AND e.code = 'accepted') AS accepted
WHERE accepted.times <> 1
LIMIT 100;
