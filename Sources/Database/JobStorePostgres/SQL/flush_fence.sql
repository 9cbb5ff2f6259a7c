-- Finishes the job of a long document; flush_slice then moves its chunks in the same transaction.
-- Returns (planned chunks, generation). No row: the claim is lost.
-- $1 job, $2 claim
-- Locks: the row of the job, until the transaction ends. Index: upload_jobs_pkey.
UPDATE upload_pipeline.upload_jobs
SET state = 'done', finished_at = clock_timestamp(), claim_id = NULL, claimed_by = NULL,
    claimed_at = NULL, lease_until = NULL, stage_deadline = NULL, attempt = 0,
    retry_count = 0, updated_at = clock_timestamp()
WHERE job_id = $1::uuid AND claim_id = $2::uuid
RETURNING expected_chunks::bigint, generation::bigint;
