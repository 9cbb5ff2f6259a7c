-- R1: returns the longest-waiting jobs of each queue whose next hint is due, for sending. The hint
-- after that is due 1 to 15 minutes later: doubling, with 20 % jitter.
-- $1 queues, $2 limit of jobs checked per queue
-- Locks: the rows; SKIP LOCKED.
-- Index: upload_jobs_waiting.
UPDATE upload_pipeline.upload_jobs
SET hint_count = hint_count + 1,
    hint_at = clock_timestamp() + (0.8 + 0.4 * random())
        * least(interval '15 min', interval '1 min' * power(2, least(hint_count, 4)))
WHERE job_id = ANY (ARRAY(
    SELECT j.job_id
    FROM unnest($1::text[]) AS queue, LATERAL (
        SELECT job_id FROM upload_pipeline.upload_jobs
        WHERE waiting_for = queue AND run_at <= statement_timestamp()
        ORDER BY run_at LIMIT $2::bigint) AS oldest
    JOIN upload_pipeline.upload_jobs j USING (job_id)
    WHERE j.waiting_for = queue AND j.hint_at <= statement_timestamp()
    ORDER BY j.job_id
    FOR UPDATE OF j SKIP LOCKED))
RETURNING job_id, waiting_for;
