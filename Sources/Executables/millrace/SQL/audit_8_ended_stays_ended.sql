-- Invariant 8: an ended job never changes, except that a dead one is redriven.
-- Returns (subject, detail). Locks: none. Reads all events in the order of events_of_job.
WITH steps AS (
    SELECT job_id, event_id, code, payload,
           lag(payload) OVER (PARTITION BY job_id ORDER BY event_id) AS before
    FROM upload_pipeline.events
    WHERE payload ? 'to_stage'
)
SELECT job_id::text,
       format('event %s (%s) after %s/%s', event_id, code, before ->> 'to_stage',
              before ->> 'to_state')
FROM steps
WHERE (before ->> 'to_stage' = 'embedded' AND before ->> 'to_state' = 'done')
   OR (before ->> 'to_state' = 'deadletter' AND code <> 'redriven')
LIMIT 100;
