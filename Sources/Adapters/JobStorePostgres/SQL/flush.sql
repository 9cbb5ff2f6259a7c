-- Moves a document's chunks to document_chunks, replaces its older generation and finishes its
-- job. Returns (fenced, moved): 0 fenced when the claim is lost; the caller rolls back when moved
-- is not the job's expected_chunks, the third column.
-- $1 job, $2 claim
-- Locks: the job's row, the buffered rows. Index: all primary keys.
WITH fence AS (
    UPDATE upload_pipeline.upload_jobs
    SET state = 'done', finished_at = clock_timestamp(), claim_id = NULL, claimed_by = NULL,
        claimed_at = NULL, lease_until = NULL, stage_deadline = NULL, attempt = 0,
        retry_count = 0, updated_at = clock_timestamp()
    WHERE job_id = $1 AND claim_id = $2 AND state = 'working'
    RETURNING document_id, generation, expected_chunks, embed_model, embed_version, embed_width
), vectors AS (
    DELETE FROM upload_pipeline.document_vector_buffer v USING fence f
    WHERE v.document_id = f.document_id AND v.generation = f.generation
    RETURNING v.chunk_ord, v.embedding
), texts AS (
    DELETE FROM upload_pipeline.document_chunk_buffer b USING fence f
    WHERE b.document_id = f.document_id AND b.generation = f.generation
    RETURNING b.*
), replaced AS (
    DELETE FROM upload_pipeline.document_chunks c USING fence f
    WHERE c.document_id = f.document_id AND c.generation < f.generation
), moved AS (
    INSERT INTO upload_pipeline.document_chunks (document_id, generation, chunk_ord, chunk_id,
        user_id, chunker_name, chunker_version, text, chunk_sha, tokens, utf8_start, utf8_end,
        headings, page_first, page_last, embed_model, embed_version, embed_width, embedding)
    SELECT t.document_id, t.generation, t.chunk_ord, t.chunk_id, d.user_id, t.chunker_name,
        t.chunker_version, t.text, t.chunk_sha, t.tokens, t.utf8_start, t.utf8_end, t.headings,
        t.page_first, t.page_last, f.embed_model, f.embed_version, f.embed_width, v.embedding
    FROM texts t
    JOIN vectors v USING (chunk_ord)
    JOIN fence f USING (document_id)
    JOIN upload_pipeline.documents d USING (document_id)
    RETURNING 1
)
SELECT (SELECT count(*) FROM fence), (SELECT count(*) FROM moved),
    (SELECT expected_chunks FROM fence);
