-- Where chunks wait until all of a document's vectors are there, and where they are searched.
-- Layout by measurement: vectors staged alone and never updated, natural primary keys, and a
-- tuple target that keeps a 6 KB vector in its row (docs/performance.md).

CREATE TABLE upload_pipeline.document_chunk_buffer (
    document_id     uuid NOT NULL,
    generation      integer NOT NULL,
    chunk_ord       integer NOT NULL CHECK (chunk_ord >= 0),
    chunk_id        uuid NOT NULL,
    chunker_name    text NOT NULL,
    chunker_version text NOT NULL,
    text            text NOT NULL CHECK (text <> ''),
    chunk_sha       text NOT NULL,
    tokens          integer NOT NULL CHECK (tokens > 0),
    utf8_start      bigint NOT NULL,
    utf8_end        bigint NOT NULL CHECK (utf8_end > utf8_start),
    headings        text[] NOT NULL DEFAULT '{}',
    page_first      integer,
    page_last       integer CHECK (page_last >= page_first),
    PRIMARY KEY (document_id, generation, chunk_ord)
);
COMMENT ON TABLE upload_pipeline.document_chunk_buffer IS
    'texts of chunks, staged by the chunk-worker, moved to document_chunks by the flusher';

CREATE TABLE upload_pipeline.document_vector_buffer (
    document_id uuid NOT NULL,
    generation  integer NOT NULL,
    chunk_ord   integer NOT NULL CHECK (chunk_ord >= 0),
    embedding   public.vector(1536) NOT NULL,
    PRIMARY KEY (document_id, generation, chunk_ord)
) WITH (toast_tuple_target = 8160, autovacuum_vacuum_threshold = 4096,
        autovacuum_vacuum_scale_factor = 0, vacuum_truncate = false);
COMMENT ON TABLE upload_pipeline.document_vector_buffer IS
    'vectors, staged by the embed-worker, deleted by the flusher as it moves them';

CREATE TABLE upload_pipeline.document_chunks (
    document_id      uuid NOT NULL,
    generation       integer NOT NULL,
    chunk_ord        integer NOT NULL CHECK (chunk_ord >= 0),
    chunk_id         uuid NOT NULL,
    user_id          uuid NOT NULL,
    chunker_name     text NOT NULL,
    chunker_version  text NOT NULL,
    text             text NOT NULL,
    chunk_sha        text NOT NULL,
    tokens           integer NOT NULL,
    utf8_start       bigint NOT NULL,
    utf8_end         bigint NOT NULL,
    headings         text[] NOT NULL,
    page_first       integer,
    page_last        integer,
    embed_model      text NOT NULL,
    embed_version    text NOT NULL,
    embed_width      integer NOT NULL,
    vector_dim       integer NOT NULL DEFAULT 1536 CHECK (vector_dim = 1536),
    embedding        public.vector(1536) NOT NULL,
    embed_updated_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    created_at       timestamptz NOT NULL DEFAULT clock_timestamp(),
    updated_at       timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (document_id, generation, chunk_ord),
    UNIQUE (document_id, generation, chunker_name, chunker_version, chunk_ord),
    FOREIGN KEY (document_id) REFERENCES upload_pipeline.documents ON DELETE CASCADE
) WITH (toast_tuple_target = 8160);
COMMENT ON COLUMN upload_pipeline.document_chunks.user_id IS
    'the tenant, copied from the document so that a search touches one table';

-- Vector search within one tenant and one space; full-text search.
CREATE INDEX document_chunks_tenant
    ON upload_pipeline.document_chunks (user_id, embed_model, embed_version);
CREATE INDEX document_chunks_text
    ON upload_pipeline.document_chunks USING gin (to_tsvector('english', text));

-- A deleted document takes its staged chunks with it.
CREATE FUNCTION upload_pipeline.clear_buffers_of_document() RETURNS trigger
    LANGUAGE plpgsql SET search_path = upload_pipeline, pg_catalog, pg_temp AS $$
BEGIN
    DELETE FROM document_vector_buffer b USING gone g WHERE b.document_id = g.document_id;
    DELETE FROM document_chunk_buffer b USING gone g WHERE b.document_id = g.document_id;
    RETURN NULL;
END $$;

CREATE TRIGGER clear_buffers AFTER DELETE ON upload_pipeline.documents
    REFERENCING OLD TABLE AS gone
    FOR EACH STATEMENT EXECUTE FUNCTION upload_pipeline.clear_buffers_of_document();
