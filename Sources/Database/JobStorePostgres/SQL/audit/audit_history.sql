-- Invariants on the events of a job. Returns (invariant, subject, detail), at most 100 of each.
-- 4: a stage never goes back. 5: a claim has at most one accepted completion. 6: each event starts
-- where the previous one ended, and the last ends at the row's stage and state. 8: an ended job
-- never changes, except that a dead one is redriven.
-- $1 jobs
-- Locks: none.
-- Index: events_of_job, upload_jobs_pkey.
WITH touched AS MATERIALIZED (
    SELECT job_id FROM unnest($1::uuid[]) AS given (job_id)
), steps AS MATERIALIZED (
    -- LATERAL forces an index lookup per job, regardless of the planner's row estimates.
    SELECT e.*
    FROM touched t CROSS JOIN LATERAL (
        SELECT e.job_id, e.event_id, e.code, e.payload ->> 'claim_id' AS claim_id,
               e.payload ->> 'from_stage' AS from_stage, e.payload ->> 'from_state' AS from_state,
               e.payload ->> 'to_stage' AS to_stage, e.payload ->> 'to_state' AS to_state,
               lag(e.payload ->> 'to_stage') OVER w AS before_stage,
               lag(e.payload ->> 'to_state') OVER w AS before_state,
               lead(e.event_id) OVER w IS NULL AS is_last
        FROM upload_pipeline.events e
        WHERE e.job_id = t.job_id AND e.payload ? 'to_stage'
        WINDOW w AS (ORDER BY e.event_id)) AS e
), ranks (stage, rank) AS (
    VALUES ('queued', 1), ('job_validated', 2), ('parsing', 3), ('parsed', 4),
           ('parse_validated', 5), ('chunking', 6), ('chunks_buffered', 7), ('embedding', 8),
           ('embedded', 9)
)
(SELECT 4, s.job_id::text,
        format('from %s back to %s at event %s', s.before_stage, s.to_stage, s.event_id)
 FROM steps s JOIN ranks a ON a.stage = s.to_stage JOIN ranks b ON b.stage = s.before_stage
 WHERE a.rank < b.rank
 LIMIT 100)
UNION ALL
(SELECT 5, min(job_id::text), format('claim %s completed %s times', claim_id, count(*))
 FROM steps WHERE to_state = 'done' AND claim_id IS NOT NULL
 GROUP BY claim_id HAVING count(*) > 1
 LIMIT 100)
UNION ALL
(SELECT 6, s.job_id::text,
        format('event %s starts at %s/%s after %s/%s', s.event_id, s.from_stage, s.from_state,
               s.before_stage, s.before_state)
 FROM steps s
 WHERE s.before_stage IS NOT NULL
   AND (s.from_stage, s.from_state) IS DISTINCT FROM (s.before_stage, s.before_state)
 LIMIT 100)
UNION ALL
(SELECT 6, s.job_id::text,
        format('events end at %s/%s, the row is at %s/%s', s.to_stage, s.to_state, j.stage, j.state)
 FROM steps s JOIN upload_pipeline.upload_jobs j USING (job_id)
 WHERE s.is_last AND (s.to_stage, s.to_state) IS DISTINCT FROM (j.stage, j.state)
 LIMIT 100)
UNION ALL
(SELECT 6, j.job_id::text, 'there are no events'
 FROM (SELECT job_id FROM touched EXCEPT SELECT job_id FROM steps) AS silent
 JOIN upload_pipeline.upload_jobs j USING (job_id)
 LIMIT 100)
UNION ALL
(SELECT 8, s.job_id::text,
        format('event %s (%s) after %s/%s', s.event_id, s.code, s.before_stage, s.before_state)
 FROM steps s
 WHERE (s.before_stage = 'embedded' AND s.before_state = 'done')
    OR (s.before_state = 'deadletter' AND s.code <> 'redriven')
 LIMIT 100);
