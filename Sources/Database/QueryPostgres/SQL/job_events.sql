-- A page of a job's events, oldest first. They outlive the job.
-- $1 job, $2 event after which the page begins, $3 limit
-- Locks: none.
-- Index: events_of_job.
SELECT event_id, ts, type, severity, code, payload::text, correlation_id
FROM upload_pipeline.events
WHERE job_id = $1::uuid AND event_id > $2::bigint
ORDER BY event_id LIMIT $3::bigint;
