-- Hands parsed documents to the chunk queue. Returns the jobs whose claims hold.
-- $1 job ids, $2 claim ids, $3 paths of the texts, $4 their SHA-256, $5 the parsers' reports (all
-- in the same order)
-- Locks: the rows of the jobs, already locked by `advance` in the same transaction, then those of
-- the documents.
-- Index: upload_jobs_pkey, documents_pkey.
WITH fence AS (
    UPDATE upload_pipeline.upload_jobs
    SET stage = 'parse_validated', state = 'done'
    WHERE job_id = ANY ($1::uuid[]) AND claim_id = ANY ($2::uuid[])
    RETURNING job_id, document_id, array_position($1::uuid[], job_id) AS position
)
UPDATE upload_pipeline.documents d
SET parsed_path = ($3::text[])[f.position], parsed_sha256 = ($4::text[])[f.position],
    parse_report = ($5::text[])[f.position]::jsonb, updated_at = clock_timestamp()
FROM fence f
WHERE d.document_id = ANY (ARRAY(SELECT document_id FROM fence))
    AND d.document_id = f.document_id
RETURNING f.job_id;
