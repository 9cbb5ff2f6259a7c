-- Removes the staged vectors of documents: they belong to other chunks or to another space.
-- $1 document ids, $2 generations (same order)
-- Locks: those rows, guarded by the jobs' rows. Index: document_vector_buffer_pkey.
DELETE FROM upload_pipeline.document_vector_buffer b
USING unnest($1::uuid[], $2::integer[]) AS stale (document_id, generation)
WHERE b.document_id = stale.document_id AND b.generation = stale.generation;
