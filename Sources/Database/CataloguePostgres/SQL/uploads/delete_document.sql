-- Deletes a document with its jobs and chunks (foreign keys), staged rows and sketches (trigger);
-- its events remain. Returns the paths of its blobs.
-- $1 document, $2 tenant
-- Locks: the document's jobs, then the document, in the same order as the workers.
-- Index: documents_pkey, upload_jobs (document_id, generation).
WITH jobs AS MATERIALIZED (
    SELECT FROM upload_pipeline.upload_jobs j JOIN upload_pipeline.documents d USING (document_id)
    WHERE d.document_id = $1::uuid AND d.user_id = $2::uuid
    FOR UPDATE OF j
)
DELETE FROM upload_pipeline.documents
WHERE document_id = $1::uuid AND user_id = $2::uuid AND (SELECT count(*) FROM jobs) IS NOT NULL
RETURNING raw_path, parsed_path;
