-- Hands chunked documents to the embed queue; their chunks follow in the same transaction.
-- Returns the jobs whose claims hold.
-- $1 job ids, $2 claim ids, $3 numbers of chunks (same order)
-- Locks: the rows of the jobs, in key order. Index: upload_jobs_pkey.
WITH held AS (
    SELECT j.job_id, chunked.chunks FROM upload_pipeline.upload_jobs j
    JOIN unnest($1::uuid[], $2::uuid[], $3::integer[]) AS chunked (job_id, claim_id, chunks)
      ON j.job_id = chunked.job_id AND j.claim_id = chunked.claim_id
    WHERE j.state = 'working'
    ORDER BY j.job_id
    FOR UPDATE OF j
)
UPDATE upload_pipeline.upload_jobs j
SET stage = 'chunks_buffered', expected_chunks = held.chunks,
    state = 'done', claim_id = NULL, claimed_by = NULL, claimed_at = NULL, lease_until = NULL,
    stage_deadline = NULL, attempt = 0, retry_count = 0, run_at = clock_timestamp(),
    notify_at = clock_timestamp() + interval '30 s', notify_count = 0,
    updated_at = clock_timestamp()
FROM held WHERE j.job_id = held.job_id
RETURNING j.job_id;
