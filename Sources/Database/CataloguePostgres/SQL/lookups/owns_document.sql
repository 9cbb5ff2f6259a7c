-- Whether a document belongs to a tenant.
-- $1 document, $2 tenant
-- Locks: none.
-- Index: documents_pkey.
SELECT FROM upload_pipeline.documents WHERE document_id = $1::uuid AND user_id = $2::uuid;
