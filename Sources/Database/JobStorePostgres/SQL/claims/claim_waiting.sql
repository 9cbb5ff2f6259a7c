-- Claims jobs that wait on a queue, hinted or not, in turns of tenants. Each tenant gets an equal
-- share, its oldest jobs first. The turns start after the tenant that had the last one, so each
-- tenant gets a turn even if there are more tenants than jobs to claim.
-- $1 limit, $2 queue, $3 worker, $4 lease seconds, $5 deadline seconds, $6 most chunks per job,
-- $7 excluded tenants, $8 tenant that had the last turn, $9 session of the worker
-- Locks: the claimed rows; SKIP LOCKED.
-- Index: upload_jobs_turns, upload_jobs_pkey, documents_pkey.
WITH claimed AS (
    UPDATE upload_pipeline.upload_jobs
    SET stage = upload_pipeline.claimed_stage(stage, state), state = 'working',
        claim_id = gen_random_uuid(), attempt = attempt + 1,
        claimed_by = $3::text, claimed_at = clock_timestamp(), worker_session = $9::bigint,
        started_at = coalesce(started_at, clock_timestamp()),
        lease_until = clock_timestamp() + make_interval(secs => $4::float8),
        stage_deadline = clock_timestamp() + make_interval(secs => $5::float8),
        updated_at = clock_timestamp()
    WHERE job_id = ANY (ARRAY(
        SELECT due.job_id
        FROM (
            SELECT user_id, count(*) OVER () AS tenants
            FROM (
                SELECT tenant.user_id
                FROM upload_pipeline.waiting_tenants($2::text, $8::uuid) AS tenant (user_id)
                WHERE tenant.user_id <> ALL ($7::uuid[])
                  -- Skips tenants without a claimable job.
                  AND (SELECT true FROM upload_pipeline.upload_jobs j
                       WHERE j.waiting_for = $2::text AND j.user_id = tenant.user_id
                         AND j.run_at <= statement_timestamp()
                         AND coalesce(j.expected_chunks, 0) <= $6::bigint
                       ORDER BY j.run_at LIMIT 1)
                LIMIT $1::bigint) AS waiting) AS turn
        CROSS JOIN LATERAL (
            SELECT job_id FROM upload_pipeline.upload_jobs
            WHERE waiting_for = $2::text AND user_id = turn.user_id
              AND run_at <= statement_timestamp() AND coalesce(expected_chunks, 0) <= $6::bigint
            ORDER BY run_at
            LIMIT ($1::bigint + turn.tenants - 1) / turn.tenants
            FOR UPDATE SKIP LOCKED) AS due
        LIMIT $1::bigint))
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
