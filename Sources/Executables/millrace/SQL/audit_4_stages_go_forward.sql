-- Invariant 4: a stage never goes back.
-- Returns (subject, detail). Locks: none. Reads all events in the order of events_of_job.
WITH steps AS (
    SELECT job_id, event_id, payload ->> 'to_stage' AS stage,
           lag(payload ->> 'to_stage') OVER w AS before
    FROM upload_pipeline.events
    WHERE payload ? 'to_stage'
    WINDOW w AS (PARTITION BY job_id ORDER BY event_id)
), ranks (stage, rank) AS (
    VALUES ('queued', 1), ('job_validated', 2), ('parsing', 3), ('parsed', 4),
           ('parse_validated', 5), ('chunking', 6), ('chunks_buffered', 7), ('embedding', 8),
           ('embedded', 9)
)
SELECT s.job_id::text, format('from %s back to %s at event %s', s.before, s.stage, s.event_id)
FROM steps s JOIN ranks a ON a.stage = s.stage JOIN ranks b ON b.stage = s.before
WHERE a.rank < b.rank
LIMIT 100;
