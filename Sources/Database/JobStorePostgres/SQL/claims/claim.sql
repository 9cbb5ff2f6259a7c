-- Claims the hinted jobs that wait on a queue and are due.
-- $1 job ids, $2 queue, $3 worker, $4 lease seconds, $5 deadline seconds, $6 most chunks per job,
-- $7 session of the worker
-- Locks: the rows of the jobs, in key order; SKIP LOCKED (another worker claims those).
-- Index: upload_jobs_pkey, documents_pkey.
WITH claimed AS (
    UPDATE upload_pipeline.upload_jobs
    SET stage = upload_pipeline.claimed_stage(stage, state), state = 'working',
        claim_id = gen_random_uuid(), attempt = attempt + 1,
        claimed_by = $3::text, claimed_at = clock_timestamp(), worker_session = $7::bigint,
        started_at = coalesce(started_at, clock_timestamp()),
        lease_until = clock_timestamp() + make_interval(secs => $4::float8),
        stage_deadline = clock_timestamp() + make_interval(secs => $5::float8),
        updated_at = clock_timestamp()
    WHERE job_id = ANY (ARRAY(
        SELECT job_id FROM upload_pipeline.upload_jobs
        WHERE job_id = ANY ($1::uuid[]) AND waiting_for = $2::text
          AND run_at <= statement_timestamp() AND coalesce(expected_chunks, 0) <= $6::bigint
        ORDER BY job_id
        FOR UPDATE SKIP LOCKED))
    RETURNING job_id, claim_id, stage, document_id, generation, attempt, attempts_max,
        expected_chunks, payload ->> 'correlation_id' AS correlation
)
SELECT c.job_id, c.claim_id, c.stage, c.document_id, d.user_id, c.generation, c.attempt,
    c.attempts_max, d.filename, d.mime, d.bytes_len, d.file_sha256, d.raw_path, d.parsed_path,
    d.parsed_sha256, c.expected_chunks, c.correlation
FROM claimed c
CROSS JOIN LATERAL (
    SELECT user_id, filename, mime, bytes_len, file_sha256, raw_path, parsed_path, parsed_sha256
    FROM upload_pipeline.documents WHERE document_id = c.document_id
    OFFSET 0) d;
