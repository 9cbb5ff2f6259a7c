-- Deletes a document with its jobs (foreign key), buffers (trigger) and chunks; events remain.
-- Locks: the document's jobs, then the document, in the same order as the workers.
WITH jobs AS MATERIALIZED (
    SELECT FROM upload_pipeline.upload_jobs j JOIN upload_pipeline.documents d USING (document_id)
    WHERE d.document_id = $1::uuid AND d.user_id = $2::uuid
    FOR UPDATE OF j
)
DELETE FROM upload_pipeline.documents
WHERE document_id = $1::uuid AND user_id = $2::uuid AND (SELECT count(*) FROM jobs) IS NOT NULL
RETURNING raw_path, parsed_path
