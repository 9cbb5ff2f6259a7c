-- Claims those of a set of hinted jobs that wait on a queue and are due.
-- $1 job ids, $2 queue, $3 worker, $4 lease seconds, $5 deadline seconds
-- Locks: the rows of the jobs, in key order, those locked by others skipped (they are being taken).
-- Index: upload_jobs_pkey.
WITH due AS (
    SELECT job_id FROM upload_pipeline.upload_jobs
    WHERE job_id = ANY ($1::uuid[]) AND waiting_for = $2::text
      AND run_at <= statement_timestamp()
    ORDER BY job_id
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
