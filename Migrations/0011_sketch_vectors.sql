-- What a search compares instead of all vectors: sketches of 1,024 bits (Sources/Indexing), and for
-- tenants with many chunks the cells in which near ones lie together. Derived from the vectors.

CREATE TABLE upload_pipeline.vector_spaces (
    space_id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    model    text NOT NULL,
    version  text NOT NULL,
    UNIQUE (model, version)
);
COMMENT ON TABLE upload_pipeline.vector_spaces IS
    'short names of vector spaces; a row from the first document that is embedded in one';

CREATE TABLE upload_pipeline.chunk_sketches (
    document_id uuid NOT NULL,
    generation  integer NOT NULL,
    chunk_ord   integer NOT NULL,
    user_id     uuid NOT NULL,
    space_id    integer NOT NULL,
    cell        integer NOT NULL DEFAULT 0,
    sketch      bit(1024),
    PRIMARY KEY (document_id, generation, chunk_ord)
) WITH (autovacuum_vacuum_scale_factor = 0.05, autovacuum_vacuum_insert_scale_factor = 0.05);
COMMENT ON TABLE upload_pipeline.chunk_sketches IS
    'a row for each row of document_chunks, written and deleted in the same transactions';
COMMENT ON COLUMN upload_pipeline.chunk_sketches.cell IS
    '0: in none yet, compared by every search of its tenant';
COMMENT ON COLUMN upload_pipeline.chunk_sketches.sketch IS
    'NULL: from before there were sketches, compared by its vector until the flusher sketches it';

-- Searches read nothing but this index.
CREATE INDEX chunk_sketches_by_cell ON upload_pipeline.chunk_sketches (user_id, space_id, cell)
    INCLUDE (document_id, generation, chunk_ord, sketch);
CREATE INDEX chunk_sketches_missing ON upload_pipeline.chunk_sketches (user_id, space_id)
    WHERE sketch IS NULL;

CREATE TABLE upload_pipeline.sketch_cells (
    user_id  uuid NOT NULL,
    space_id integer NOT NULL,
    cell     integer GENERATED ALWAYS AS IDENTITY CHECK (cell > 0),
    centroid bit(1024) NOT NULL,
    members  integer NOT NULL,
    PRIMARY KEY (user_id, space_id, cell)
);
COMMENT ON COLUMN upload_pipeline.sketch_cells.members IS
    'chunks that were put in, some of which may be deleted since';

ALTER TABLE upload_pipeline.document_vector_buffer ADD COLUMN sketch bit(1024);

INSERT INTO upload_pipeline.vector_spaces (model, version)
SELECT embed_model, embed_version FROM upload_pipeline.upload_jobs WHERE embed_model IS NOT NULL
UNION
SELECT embed_model, embed_version FROM upload_pipeline.document_chunks;

INSERT INTO upload_pipeline.chunk_sketches
    (document_id, generation, chunk_ord, user_id, space_id)
SELECT c.document_id, c.generation, c.chunk_ord, c.user_id, s.space_id
FROM upload_pipeline.document_chunks c
JOIN upload_pipeline.vector_spaces s ON (s.model, s.version) = (c.embed_model, c.embed_version);

-- A deleted document takes its staged chunks and its sketches with it.
CREATE OR REPLACE FUNCTION upload_pipeline.clear_buffers_of_document() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = upload_pipeline, pg_catalog, pg_temp AS $$
BEGIN
    DELETE FROM document_vector_buffer b USING gone g WHERE b.document_id = g.document_id;
    DELETE FROM document_chunk_buffer b USING gone g WHERE b.document_id = g.document_id;
    DELETE FROM chunk_sketches s USING gone g WHERE s.document_id = g.document_id;
    RETURN NULL;
END $$;

GRANT SELECT ON upload_pipeline.vector_spaces, upload_pipeline.chunk_sketches,
    upload_pipeline.sketch_cells TO millrace_ingest_api;

GRANT INSERT (model, version)
    ON upload_pipeline.vector_spaces TO millrace_embed_worker;

GRANT SELECT ON upload_pipeline.vector_spaces TO millrace_flusher;
GRANT SELECT, INSERT (document_id, generation, chunk_ord, user_id, space_id, sketch),
    UPDATE (cell, sketch), DELETE ON upload_pipeline.chunk_sketches TO millrace_flusher;
GRANT SELECT, INSERT (user_id, space_id, centroid, members), UPDATE (members), DELETE
    ON upload_pipeline.sketch_cells TO millrace_flusher;
GRANT SELECT (document_id, generation, chunk_ord, embedding)
    ON upload_pipeline.document_chunks TO millrace_flusher;

-- The audit counts what searches look at.
GRANT SELECT (document_id, generation, user_id, space_id, cell)
    ON upload_pipeline.chunk_sketches TO millrace_reconciler, millrace_operator;
GRANT SELECT (user_id, space_id, cell)
    ON upload_pipeline.sketch_cells TO millrace_reconciler, millrace_operator;
