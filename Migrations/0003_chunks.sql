-- Where chunks wait until all vectors of their document exist, and where they are searched.
-- The layout was chosen by measurement (docs/performance.md): vectors are staged in a table of
-- their own and never updated, primary keys are natural, and a tuple target keeps a 6 KB vector in
-- its row.

CREATE TABLE upload_pipeline.document_chunk_buffer (
    document_id     uuid NOT NULL,
    generation      integer NOT NULL,
    chunk_ord       integer NOT NULL CHECK (chunk_ord >= 0),
    chunk_id        uuid NOT NULL,
    chunker_name    text NOT NULL,
    chunker_version text NOT NULL,
    text            text NOT NULL CHECK (text <> ''),
    chunk_sha       text NOT NULL,
    tokens          integer CHECK (tokens > 0),
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
    sketch      bit(1024),
    PRIMARY KEY (document_id, generation, chunk_ord)
) WITH (toast_tuple_target = 8160, autovacuum_vacuum_threshold = 4096,
        autovacuum_vacuum_scale_factor = 0, vacuum_truncate = false);
COMMENT ON TABLE upload_pipeline.document_vector_buffer IS
    'vectors and their sketches, staged by the embed-worker, moved to document_chunks and '
    'chunk_sketches by the flusher';

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
    tokens           integer,
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
    FOREIGN KEY (document_id) REFERENCES upload_pipeline.documents ON DELETE CASCADE
) WITH (toast_tuple_target = 8160);
COMMENT ON COLUMN upload_pipeline.document_chunks.user_id IS
    'the tenant, copied from the document so that a search reads one table';
COMMENT ON COLUMN upload_pipeline.document_chunks.tokens IS
    'in cl100k_base; NULL if chunks are measured in characters';

-- The chunks of one tenant in one embedding space.
CREATE INDEX document_chunks_tenant
    ON upload_pipeline.document_chunks (user_id, embed_model, embed_version);

-- ANALYZE of a sample of 30,000 chunks reads their vectors and splits their texts into words. That
-- takes seconds, in which no buffer can be vacuumed, because ANALYZE holds a snapshot. A tenth of
-- the sample gives the planner the same information.
ALTER TABLE upload_pipeline.document_chunks
    ALTER document_id SET STATISTICS 10, ALTER generation SET STATISTICS 10,
    ALTER chunk_ord SET STATISTICS 10, ALTER chunk_id SET STATISTICS 0,
    ALTER user_id SET STATISTICS 10, ALTER chunker_name SET STATISTICS 10,
    ALTER chunker_version SET STATISTICS 10, ALTER text SET STATISTICS 0,
    ALTER chunk_sha SET STATISTICS 0, ALTER tokens SET STATISTICS 0,
    ALTER utf8_start SET STATISTICS 0, ALTER utf8_end SET STATISTICS 0,
    ALTER headings SET STATISTICS 0, ALTER page_first SET STATISTICS 0,
    ALTER page_last SET STATISTICS 0, ALTER embed_model SET STATISTICS 10,
    ALTER embed_version SET STATISTICS 10, ALTER embed_width SET STATISTICS 0,
    ALTER vector_dim SET STATISTICS 0, ALTER embedding SET STATISTICS 0,
    ALTER embed_updated_at SET STATISTICS 0, ALTER created_at SET STATISTICS 0,
    ALTER updated_at SET STATISTICS 0;
