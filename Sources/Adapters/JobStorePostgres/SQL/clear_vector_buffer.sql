-- Removes the staged vectors of a document: they belong to other chunks or to another space.
-- $1 document, $2 generation
-- Locks: those rows, guarded by the job's row. Index: document_vector_buffer_pkey.
DELETE FROM upload_pipeline.document_vector_buffer WHERE document_id = $1 AND generation = $2;
