-- Documents of a tenant in the order of their ids: one, or those after a cursor.
-- $1 tenant, $2 document, NULL for all; $3 cursor, NULL for the start; $4 limit
-- Locks: none.
-- Index: documents_pkey, upload_jobs (document_id, generation), document_chunks_pkey.
SELECT d.document_id, d.filename, d.mime, d.bytes_len, d.file_sha256, d.processing_status,
       j.job_id,
       (SELECT count(*) FROM upload_pipeline.document_chunks c WHERE c.document_id = d.document_id),
       d.created_at, d.updated_at, d.parse_report::text
FROM upload_pipeline.documents d, LATERAL (
    SELECT job_id FROM upload_pipeline.upload_jobs j
    WHERE j.document_id = d.document_id ORDER BY j.generation DESC LIMIT 1) AS j
WHERE d.user_id = $1::uuid
  AND ($2::uuid IS NULL OR d.document_id = $2::uuid)
  AND ($3::uuid IS NULL OR d.document_id > $3::uuid)
ORDER BY d.document_id LIMIT $4::bigint;
