-- R4: which of these documents exist; blobs of the others are orphans.
-- $1 document ids
-- Locks: none. Index: documents_pkey.
SELECT document_id FROM upload_pipeline.documents WHERE document_id = ANY ($1::uuid[]);
