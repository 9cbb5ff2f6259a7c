-- The digest of the bytes that an idempotency key stands for.
SELECT d.file_sha256
FROM upload_pipeline.upload_jobs j JOIN upload_pipeline.documents d USING (document_id)
WHERE j.idempotency_key = $1
