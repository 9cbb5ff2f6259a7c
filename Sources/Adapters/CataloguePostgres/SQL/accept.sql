-- Document and job of an upload; the trigger writes the event. No row: the tenant has these bytes.
-- Parameters: document, tenant, filename, mime, bytes, sha256, raw path, job, key, correlation id,
-- most attempts.
WITH document AS (
    INSERT INTO upload_pipeline.documents
        (document_id, user_id, filename, mime, bytes_len, file_sha256, raw_path)
    VALUES ($1::uuid, $2::uuid, $3, $4, $5::bigint, $6, $7)
    ON CONFLICT (user_id, file_sha256) DO NOTHING
    RETURNING document_id
)
INSERT INTO upload_pipeline.upload_jobs (job_id, document_id, idempotency_key, payload, attempts_max)
SELECT $8::uuid, document_id, $9, jsonb_build_object('correlation_id', $10::text), $11::bigint
FROM document
RETURNING job_id
