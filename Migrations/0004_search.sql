-- What searches read: the words of chunks; the sketches of their vectors (Sources/Stages/
-- 6-Searching/Indexing), 1,024 bits each; and for tenants with many chunks the cells (IVF lists)
-- that group similar ones. All of it is derived from document_chunks.
-- Nothing that one tenant stores or searches makes a search or an upload of another expensive.

-- Words without those of more than 64 characters: no search asks for them, and comparing them is
-- slow. A function of its own, so that the planner inlines the common case of chunk_words.
CREATE FUNCTION upload_pipeline.without_long_words(words tsvector) RETURNS tsvector
    LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
    RETURN ts_delete(words, ARRAY(
        SELECT lexeme FROM unnest(words) AS word WHERE length(lexeme) > 64));

-- The words of a chunk, as the text index stores them.
CREATE FUNCTION upload_pipeline.chunk_words(text text) RETURNS tsvector
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE WHEN text ~ '\S{65}'
        THEN upload_pipeline.without_long_words(to_tsvector('english'::regconfig, text))
        ELSE to_tsvector('english'::regconfig, text) END;

-- A search reads the whole pending list of the index for each of its words. With 256 kB that takes
-- milliseconds, and flushing costs no more than with the default of 4 MB. Without a list, flushing
-- costs two to three times as much.
CREATE INDEX document_chunks_text
    ON upload_pipeline.document_chunks USING gin (upload_pipeline.chunk_words(text))
    WITH (gin_pending_list_limit = 256);
-- For the same reason as the statistics of document_chunks.
ALTER INDEX upload_pipeline.document_chunks_text ALTER COLUMN 1 SET STATISTICS 10;

CREATE TABLE upload_pipeline.embedding_spaces (
    space_id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    model    text NOT NULL,
    version  text NOT NULL,
    UNIQUE (model, version)
);
COMMENT ON TABLE upload_pipeline.embedding_spaces IS
    'short ids of embedding spaces; a row is added with the first document embedded in a space';

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
    '0 until the chunk is assigned to a cell; every search of the tenant compares it until then';
COMMENT ON COLUMN upload_pipeline.chunk_sketches.sketch IS
    'NULL until the flusher computes it; searches compare the vector until then';

-- Searches read only this index.
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
    'chunks that were assigned to the cell; some may have been deleted since';

-- Deletes the staged chunks and the sketches of deleted documents. A foreign key deletes their rows
-- in document_chunks.
CREATE FUNCTION upload_pipeline.delete_derived_rows() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = upload_pipeline, pg_catalog, pg_temp AS $$
BEGIN
    DELETE FROM document_vector_buffer b USING deleted d WHERE b.document_id = d.document_id;
    DELETE FROM document_chunk_buffer b USING deleted d WHERE b.document_id = d.document_id;
    DELETE FROM chunk_sketches s USING deleted d WHERE s.document_id = d.document_id;
    RETURN NULL;
END $$;

CREATE TRIGGER delete_derived_rows AFTER DELETE ON upload_pipeline.documents
    REFERENCING OLD TABLE AS deleted
    FOR EACH STATEMENT EXECUTE FUNCTION upload_pipeline.delete_derived_rows();
