-- Hands parsed documents to the chunk queue; returns the jobs whose claims hold.
-- $1 job ids, $2 claim ids, $3 paths of the texts, $4 their SHA-256, $5 facts for the jobs'
-- payloads (all in one order)
-- Locks: the rows of the jobs, which `advance` locked before in the same transaction, then those
-- of the documents. Index: both primary keys.
WITH parsed AS (
    SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[])
        AS parsed (job_id, claim_id, path, sha256, facts)
), fenced AS (
    UPDATE upload_pipeline.upload_jobs j
    SET stage = 'parse_validated', payload = j.payload || parsed.facts::jsonb,
        state = 'done', claim_id = NULL, claimed_by = NULL, claimed_at = NULL,
        lease_until = NULL, stage_deadline = NULL, attempt = 0, retry_count = 0,
        run_at = clock_timestamp(), notify_at = clock_timestamp() + interval '30 s',
        notify_count = 0, updated_at = clock_timestamp()
    FROM parsed
    WHERE j.job_id = parsed.job_id AND j.claim_id = parsed.claim_id AND j.state = 'working'
    RETURNING j.job_id, j.document_id
)
UPDATE upload_pipeline.documents d
SET parsed_path = parsed.path, parsed_sha256 = parsed.sha256, updated_at = clock_timestamp()
FROM fenced JOIN parsed USING (job_id)
WHERE d.document_id = fenced.document_id
RETURNING fenced.job_id;
