-- Invariant 6: a job's events follow on one another and end where its row stands.
-- Returns (subject, detail). Locks: none. Index: events_of_job.
WITH steps AS (
    SELECT e.job_id, e.event_id,
           payload ->> 'from_stage' || '/' || (payload ->> 'from_state') AS start,
           payload ->> 'to_stage' || '/' || (payload ->> 'to_state') AS finish,
           lag(payload ->> 'to_stage' || '/' || (payload ->> 'to_state')) OVER w AS before,
           row_number() OVER w = count(*) OVER (PARTITION BY job_id) AS is_last
    FROM upload_pipeline.events e
    WHERE payload ? 'to_stage'
    WINDOW w AS (PARTITION BY job_id ORDER BY event_id)
)
SELECT j.job_id::text,
       CASE WHEN s.job_id IS NULL THEN 'there are no events'
            WHEN s.is_last AND s.finish <> j.stage || '/' || j.state
            THEN format('events end at %s, the row is at %s/%s', s.finish, j.stage, j.state)
            ELSE format('event %s starts at %s after %s', s.event_id, s.start, s.before) END
FROM upload_pipeline.upload_jobs j LEFT JOIN steps s USING (job_id)
WHERE s.job_id IS NULL
   OR s.is_last AND s.finish <> j.stage || '/' || j.state
   OR s.before IS NOT NULL AND s.start IS DISTINCT FROM s.before
LIMIT 100;
