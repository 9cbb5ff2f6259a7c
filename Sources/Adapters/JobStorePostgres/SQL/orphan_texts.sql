-- R4: staged texts that no unfinished job owns.
-- $1 limit
-- Locks: the rows. Index: document_chunk_buffer_pkey, upload_jobs (document_id, generation).
DELETE FROM upload_pipeline.document_chunk_buffer v
WHERE (v.document_id, v.generation, v.chunk_ord) IN (
    SELECT b.document_id, b.generation, b.chunk_ord
    FROM upload_pipeline.document_chunk_buffer b
    WHERE NOT EXISTS (
        SELECT FROM upload_pipeline.upload_jobs j
        WHERE j.document_id = b.document_id AND j.generation = b.generation
          AND NOT (j.stage = 'embedded' AND j.state = 'done'))
    LIMIT $1);
