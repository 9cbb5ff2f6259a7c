-- Invariant 5: a claim has at most one accepted completion.
-- Returns (subject, detail). Locks: none. Reads all events.
SELECT (array_agg(job_id))[1]::text,
       format('claim %s completed %s times', payload ->> 'claim_id', count(*))
FROM upload_pipeline.events
WHERE payload ->> 'to_state' = 'done' AND payload ? 'claim_id'
GROUP BY payload ->> 'claim_id'
HAVING count(*) > 1
LIMIT 100;
