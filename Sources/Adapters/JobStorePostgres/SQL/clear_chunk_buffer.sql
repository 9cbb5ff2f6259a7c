-- Removes what an earlier attempt staged of a document.
-- $1 document, $2 generation
-- Locks: those rows, guarded by the job's row. Index: document_chunk_buffer_pkey.
DELETE FROM upload_pipeline.document_chunk_buffer WHERE document_id = $1 AND generation = $2;
