-- Whether a document belongs to a tenant.
SELECT FROM upload_pipeline.documents WHERE document_id = $1::uuid AND user_id = $2::uuid
