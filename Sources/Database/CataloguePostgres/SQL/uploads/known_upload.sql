-- The tenant's document with these bytes and its newest job.
-- $1 tenant, $2 SHA-256
-- Locks: none.
-- Index: documents_user_id_file_sha256_key, upload_jobs (document_id, generation).
SELECT d.document_id, j.job_id, j.stage, j.state
FROM upload_pipeline.documents d JOIN upload_pipeline.upload_jobs j USING (document_id)
WHERE d.user_id = $1::uuid AND d.file_sha256 = $2
ORDER BY j.generation DESC LIMIT 1;
