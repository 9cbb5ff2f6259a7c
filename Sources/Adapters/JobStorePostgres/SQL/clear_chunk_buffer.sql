-- Removes what an earlier attempt staged of documents.
-- $1 document ids, $2 generations (same order)
-- Locks: those rows, guarded by the jobs' rows. Index: document_chunk_buffer_pkey.
DELETE FROM upload_pipeline.document_chunk_buffer b
USING unnest($1::uuid[], $2::integer[]) AS stale (document_id, generation)
WHERE b.document_id = stale.document_id AND b.generation = stale.generation;
