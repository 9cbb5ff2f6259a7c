-- What one tenant stores or asks cannot make a search or an upload of another one expensive.

-- The words of a chunk as the text index holds them, without words of more than 64 characters: no
-- search asks for those, and comparing them is slow. Two functions, so that the planner inlines the
-- common case.
CREATE FUNCTION upload_pipeline.without_long_words(words tsvector) RETURNS tsvector
    LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
    RETURN ts_delete(words, ARRAY(
        SELECT lexeme FROM unnest(words) AS word WHERE length(lexeme) > 64));
CREATE FUNCTION upload_pipeline.chunk_words(text text) RETURNS tsvector
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE WHEN text ~ '\S{65}'
        THEN upload_pipeline.without_long_words(to_tsvector('english'::regconfig, text))
        ELSE to_tsvector('english'::regconfig, text) END;
REVOKE ALL ON FUNCTION upload_pipeline.without_long_words(tsvector),
    upload_pipeline.chunk_words(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION upload_pipeline.without_long_words(tsvector),
    upload_pipeline.chunk_words(text)
    TO millrace_ingest_api, millrace_flusher;

-- A search reads the whole pending list of the index for each of its words. With 256 kB that takes
-- milliseconds, and flushing costs no more than with the standard 4 MB; without a list it costs two
-- to three times as much.
DROP INDEX upload_pipeline.document_chunks_text;
CREATE INDEX document_chunks_text
    ON upload_pipeline.document_chunks USING gin (upload_pipeline.chunk_words(text))
    WITH (gin_pending_list_limit = 256);
ALTER INDEX upload_pipeline.document_chunks_text ALTER COLUMN 1 SET STATISTICS 10;

-- The bytes with which an Idempotency-Key was sent, also when the tenant had them already. The
-- reconciler deletes keys after a day.
DROP INDEX upload_pipeline.upload_jobs_idempotency_key;
CREATE TABLE upload_pipeline.idempotency_keys (
    user_id     uuid NOT NULL,
    key         text NOT NULL CHECK (octet_length(key) BETWEEN 1 AND 255),
    file_sha256 text NOT NULL CHECK (length(file_sha256) = 64 AND file_sha256 ~ '^[0-9a-f]*$'),
    created_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (user_id, key)
);
CREATE INDEX idempotency_keys_by_time ON upload_pipeline.idempotency_keys (created_at);
-- The column of a job was prefixed with its tenant, to be unique; it now records the key as sent.
UPDATE upload_pipeline.upload_jobs SET idempotency_key = substr(idempotency_key, 38)
    WHERE idempotency_key IS NOT NULL;
INSERT INTO upload_pipeline.idempotency_keys (user_id, key, file_sha256)
    SELECT d.user_id, j.idempotency_key, d.file_sha256
    FROM upload_pipeline.upload_jobs j JOIN upload_pipeline.documents d USING (document_id)
    WHERE j.idempotency_key IS NOT NULL;
COMMENT ON COLUMN upload_pipeline.upload_jobs.idempotency_key IS
    'the key that the upload was sent with, for the record; idempotency_keys records the bytes of each key';
REVOKE SELECT (idempotency_key) ON upload_pipeline.upload_jobs FROM millrace_ingest_api;
GRANT SELECT (user_id, key, file_sha256), INSERT (user_id, key, file_sha256)
    ON upload_pipeline.idempotency_keys TO millrace_ingest_api;
GRANT SELECT (created_at), DELETE
    ON upload_pipeline.idempotency_keys TO millrace_reconciler;

-- The audit looks for a document's first buffered row along the whole key.
GRANT SELECT (chunk_ord) ON upload_pipeline.document_chunk_buffer,
    upload_pipeline.document_vector_buffer TO millrace_reconciler, millrace_operator;
