-- Events of a job after a cursor, oldest first.
-- $1 job, $2 cursor, $3 limit
-- Locks: none.
-- Index: events_of_job.
SELECT e.event_id, e.ts, e.type, e.severity, e.code, e.payload::text, e.correlation_id
FROM upload_pipeline.events e
WHERE e.job_id = $1::uuid AND e.event_id > $2::bigint
ORDER BY e.event_id LIMIT $3::bigint;
