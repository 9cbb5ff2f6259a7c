-- Takes a document with its job (foreign key), buffers (trigger) and chunks; events remain.
DELETE FROM upload_pipeline.documents
WHERE document_id = $1::uuid AND user_id = $2::uuid
RETURNING raw_path, parsed_path
