-- The tenant's document with this SHA-256 and its newest job.
SELECT d.document_id, j.job_id, j.stage, j.state
FROM upload_pipeline.documents d JOIN upload_pipeline.upload_jobs j USING (document_id)
WHERE d.user_id = $1::uuid AND d.file_sha256 = $2
ORDER BY j.generation DESC LIMIT 1
