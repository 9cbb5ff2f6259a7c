-- Whether a job belongs to a tenant.
-- $1 job, $2 tenant
-- Locks: none.
-- Index: upload_jobs_pkey, documents_pkey.
SELECT FROM upload_pipeline.upload_jobs j JOIN upload_pipeline.documents d USING (document_id)
WHERE j.job_id = $1::uuid AND d.user_id = $2::uuid;
