-- A job of a tenant. Vectors are counted only while the job is at the embedding stage.
-- $1 job, $2 tenant
-- Locks: none.
-- Index: upload_jobs_pkey, documents_pkey, document_vector_buffer_pkey.
SELECT j.job_id, j.document_id, d.filename, j.stage, j.state, j.expected_chunks::bigint,
       CASE WHEN j.stage = 'embedding' THEN (
           SELECT count(*) FROM upload_pipeline.document_vector_buffer b
           WHERE b.document_id = j.document_id AND b.generation = j.generation)
       ELSE coalesce(j.expected_chunks, 0) END,
       j.attempt::bigint, j.retry_count::bigint,
       CASE WHEN j.state = 'retryable' THEN j.run_at END,
       j.last_error::text, j.created_at, j.started_at, j.finished_at,
       j.updated_at
FROM upload_pipeline.upload_jobs j JOIN upload_pipeline.documents d USING (document_id)
WHERE j.job_id = $1::uuid AND d.user_id = $2::uuid;
