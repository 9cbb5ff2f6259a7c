-- Hands a parsed document to the chunk queue. No row: the claim is lost.
-- $1 job, $2 claim, $3 path of the text, $4 its SHA-256, $5 facts for the job's payload
-- Locks: the job's row, then the document's. Index: both primary keys.
WITH fenced AS (
    UPDATE upload_pipeline.upload_jobs
    SET stage = 'parse_validated', payload = payload || $5::jsonb,
    state = 'done', claim_id = NULL, claimed_by = NULL, claimed_at = NULL, lease_until = NULL,
    stage_deadline = NULL, attempt = 0, retry_count = 0, run_at = clock_timestamp(),
    notify_at = clock_timestamp() + interval '30 s', notify_count = 0,
    updated_at = clock_timestamp()
    WHERE job_id = $1 AND claim_id = $2 AND state = 'working'
    RETURNING document_id
)
UPDATE upload_pipeline.documents d
SET parsed_path = $3::text, parsed_sha256 = $4::text, updated_at = clock_timestamp()
FROM fenced WHERE d.document_id = fenced.document_id
RETURNING d.document_id;
