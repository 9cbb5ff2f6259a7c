-- The blobs of a document of a tenant. The path of the text is NULL until the document is parsed.
-- $1 document, $2 tenant
-- Locks: none.
-- Index: documents_pkey.
SELECT filename, mime, raw_path, parsed_path
FROM upload_pipeline.documents WHERE document_id = $1::uuid AND user_id = $2::uuid;
