-- Recently changed documents and their jobs: (document, job).
-- $1 seconds
-- Locks: none.
-- Index: events_by_time, upload_jobs_finished, documents_by_time,
-- upload_jobs (document_id, generation).
SELECT document_id, job_id FROM upload_pipeline.events
WHERE ts >= statement_timestamp() - make_interval(secs => $1::float8)
UNION
SELECT document_id, job_id FROM upload_pipeline.upload_jobs
WHERE finished_at >= statement_timestamp() - make_interval(secs => $1::float8)
UNION
-- An upload without an event is found by its document.
SELECT document_id, (
    SELECT job_id FROM upload_pipeline.upload_jobs j WHERE j.document_id = d.document_id LIMIT 1)
FROM upload_pipeline.documents d
WHERE created_at >= statement_timestamp() - make_interval(secs => $1::float8)
ORDER BY document_id;
