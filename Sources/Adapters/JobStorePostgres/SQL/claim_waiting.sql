-- Claims the jobs that have waited longest on a queue, told of or not.
-- $1 limit, $2 queue, $3 worker, $4 lease seconds, $5 deadline seconds
-- Locks: the rows it takes; rows locked by others are skipped.
-- Index: upload_jobs_waiting.
WITH due AS (
    SELECT job_id FROM upload_pipeline.upload_jobs
    WHERE waiting_for = $2::text AND run_at <= statement_timestamp()
    ORDER BY run_at
    LIMIT $1
    FOR UPDATE SKIP LOCKED
)
UPDATE upload_pipeline.upload_jobs j
SET stage = CASE WHEN j.state = 'done' THEN
                CASE j.stage WHEN 'parse_validated' THEN 'chunking'
                             WHEN 'chunks_buffered' THEN 'embedding'
                             ELSE 'embedded' END
            ELSE j.stage END,
    state = 'working', claim_id = gen_random_uuid(), attempt = j.attempt + 1,
    claimed_by = $3::text, claimed_at = clock_timestamp(),
    started_at = coalesce(j.started_at, clock_timestamp()),
    lease_until = clock_timestamp() + make_interval(secs => $4::float8),
    stage_deadline = clock_timestamp() + make_interval(secs => $5::float8),
    updated_at = clock_timestamp()
FROM due, upload_pipeline.documents d
WHERE j.job_id = due.job_id AND d.document_id = j.document_id
RETURNING j.job_id, j.claim_id, j.stage, j.document_id, d.user_id, j.generation, j.attempt,
    j.attempts_max, d.filename, d.mime, d.bytes_len, d.file_sha256, d.raw_path, d.parsed_path,
    d.parsed_sha256, j.expected_chunks, j.payload ->> 'correlation_id';
