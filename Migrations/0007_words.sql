-- What searches by words read: the words of each chunk as one text vector, and for each tenant the
-- number of chunks that contain a word. One function makes words of text, for the index and for
-- queries.
-- A search costs what the data of its tenant cost: each text vector contains the tenant as a word.

-- The characters of scripts that are written without spaces, for a bracket expression: Thai, Lao,
-- Burmese, Khmer, Chinese, Japanese and Korean.
CREATE FUNCTION upload_pipeline.unspaced_scripts() RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN '\u0E01-\u0EFF\u1000-\u109F\u1780-\u17FF\u3005-\u3007\u3031-\u3035\u3041-\u318F'
        '\u31F0-\u31FF\u3400-\u4DBF\u4E00-\uA4CF\uAC00-\uD7AF\uF900-\uFAFF\U00020000-\U0003FFFF';

-- Pairs of neighbouring characters of those scripts. A single character counts as a pair. The pairs
-- of one run have consecutive positions, so that a phrase is found by its pairs.
CREATE FUNCTION upload_pipeline.character_pairs(text text) RETURNS tsvector
    LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
    RETURN (
        SELECT coalesce(string_agg(
            quote_literal(substr(run, start, 2)) || ':' || least(place, 16383), ' '), '')::tsvector
        FROM (
            SELECT run, start, row_number() OVER (ORDER BY number, start) + number AS place
            FROM regexp_matches(text,
                    ('[' || upload_pipeline.unspaced_scripts() || ']+') COLLATE pg_catalog."C", 'g')
                WITH ORDINALITY AS found (runs, number),
                unnest(runs) AS run,
                generate_series(1, greatest(1, length(run) - 1)) AS start) AS pairs);

-- Text without those scripts and without punctuation outside ASCII, which the text parser takes for
-- letters in some locales. What remains outside ASCII are letters, digits and their marks. Explicit
-- ranges, because the classes of regular expressions depend on the locale.
CREATE FUNCTION upload_pipeline.spaced_text(text text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
    RETURN CASE WHEN octet_length(text) = length(text) THEN text ELSE
        regexp_replace(replace(normalize(text, NFC), '’', ''''),
            ('[' || upload_pipeline.unspaced_scripts()
            || '\u0080-\u00A9\u00AB-\u00B4\u00B6-\u00B9\u00BB-\u00BF\u00D7\u00F7\u037E\u0387\u0589'
            || '\u05BE\u05C0\u05C3\u05F3\u05F4\u060C\u061B\u061F\u066A-\u066D\u06D4\u0964\u0965'
            || '\u2000-\u2BFF\u3000-\u3020\u3030\uD800-\uF8FF\uFE10-\uFE6F\uFF00-\uFF0F'
            || '\uFF1A-\uFF20\uFF3B-\uFF40\uFF5B-\uFF65\uFFF0-\uFFFF\U0001F000-\U0001FBFF]')
            COLLATE pg_catalog."C", ' ', 'g') END;

-- Such text with blanks between the parts of addresses, paths, versions, identifiers and compounds.
-- 'max@firma.de libFoo2' -> 'max firma de lib Foo 2'
CREATE FUNCTION upload_pipeline.separated_parts(text text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
    RETURN regexp_replace(text,
        '[-./@<>&:+#~=](?=[0-9A-Za-z\u0080-\U0003FFFF])'
        '|([A-Za-z\u0080-\U0003FFFF])(?=[0-9])|([0-9])(?=[A-Za-z\u0080-\U0003FFFF])'
        '|([a-z\u00DF-\u00FF])(?=[A-Z\u00C0-\u00DE])' COLLATE pg_catalog."C", '\1\2\3 ', 'g');

-- Those addresses, paths and so on as a whole, without what joins their parts, then the identifiers
-- in them.
-- 'max@firma.de lib/libFoo2.so C++' -> 'maxfirmade liblibFoo2so Cplusplus libFoo2'
CREATE FUNCTION upload_pipeline.joined_parts(text text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
    RETURN (
        SELECT coalesce(string_agg(translate(
            replace(replace(whole, '+', 'plus'), '#', 'sharp'), '-_./@:&''', ''), ' '), '')
        FROM (
            SELECT unnest(regexp_matches(text,
                '[0-9A-Za-z\u0080-\U0003FFFF]+(?:[-_./@:+#&'']{1,2}[0-9A-Za-z\u0080-\U0003FFFF]+)+'
                '[+#]*|[0-9A-Za-z\u0080-\U0003FFFF]+[+#]+' COLLATE pg_catalog."C", 'g'))
            UNION ALL
            SELECT unnest(regexp_matches(text,
                '[A-Za-z\u0080-\U0003FFFF]+[0-9][0-9A-Za-z\u0080-\U0003FFFF]*'
                '|[0-9]+[A-Za-z\u0080-\U0003FFFF][0-9A-Za-z\u0080-\U0003FFFF]*'
                '|[A-Za-z\u0080-\U0003FFFF]*[a-z\u00DF-\u00FF][A-Z\u00C0-\u00DE]'
                '[0-9A-Za-z\u0080-\U0003FFFF]*' COLLATE pg_catalog."C", 'g'))) AS found (whole)
        WHERE length(whole) <= 64);

-- A text vector or query, written as text, without accents: 'café' is found by 'cafe', and the
-- reverse.
CREATE FUNCTION upload_pipeline.without_accents(words text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
    RETURN regexp_replace(normalize(words, NFKD), '[\u0300-\u036F]', '', 'g');

-- The words of text in a language: its words and the parts of compounds, then compounds as a whole,
-- then pairs of characters. Words of more than 64 characters are left out.
CREATE FUNCTION upload_pipeline.words(language regconfig, text text) RETURNS tsvector
    LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
    RETURN CASE
        WHEN octet_length(text) > length(text) THEN upload_pipeline.without_long_words(
            upload_pipeline.without_accents(to_tsvector(language,
                upload_pipeline.separated_parts(upload_pipeline.spaced_text(text)) || ' '
                || upload_pipeline.joined_parts(upload_pipeline.spaced_text(text)))::text)::tsvector
            || upload_pipeline.character_pairs(normalize(text, NFKC)))
        WHEN text ~ '\S{65}' THEN upload_pipeline.without_long_words(to_tsvector(language,
            upload_pipeline.separated_parts(text) || ' ' || upload_pipeline.joined_parts(text)))
        ELSE to_tsvector(language,
            upload_pipeline.separated_parts(text) || ' ' || upload_pipeline.joined_parts(text))
    END;

-- The query for words that follow each other; NULL for text without words.
CREATE FUNCTION upload_pipeline.phrase(language regconfig, text text) RETURNS tsquery
    LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
    RETURN (
        SELECT string_agg('(' || part || ')', ' & ')::tsquery
        FROM (VALUES
            (upload_pipeline.without_accents(phraseto_tsquery(language,
                upload_pipeline.separated_parts(upload_pipeline.spaced_text(text)))::text)),
            ((SELECT string_agg(quote_literal(lexeme), ' <-> ' ORDER BY position)
              FROM unnest(upload_pipeline.character_pairs(normalize(text, NFKC)))
                  AS pair (lexeme, positions, weights), unnest(positions) AS position))
        ) AS parts (part) WHERE part <> '');

-- All spellings that differ from a word by one letter: one missing, one too many, one wrong, or two
-- in the wrong order. Empty for words of other characters than those of one alphabet.
CREATE FUNCTION upload_pipeline.spellings(word text) RETURNS SETOF text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT ROWS 500
    AS $$
    WITH alphabet AS (
        SELECT string_to_table(letters, NULL) AS letter
        FROM (VALUES ('abcdefghijklmnopqrstuvwxyz'), ('абвгдежзийклмнопрстуфхцчшщъыьэюя'),
            ('αβγδεζηθικλμνξοπρστυφχψως')) AS known (letters)
        WHERE translate(word, letters, '') = ''
    ), places AS (
        SELECT left(word, place) AS start, substr(word, place + 1) AS rest
        FROM generate_series(0, length(word)) AS place
    )
    SELECT start || substr(rest, 2) FROM places WHERE rest <> ''
    UNION SELECT start || substr(rest, 2, 1) || left(rest, 1) || substr(rest, 3)
        FROM places WHERE length(rest) > 1
    UNION SELECT start || letter || rest FROM places, alphabet
    UNION SELECT start || letter || substr(rest, 2) FROM places, alphabet WHERE rest <> ''
    $$;

-- The language of the texts of a document's version, which the chunk-worker detects: the name of a
-- text search configuration.
ALTER TABLE upload_pipeline.upload_jobs ADD language text NOT NULL DEFAULT 'simple';

CREATE TABLE upload_pipeline.chunk_words (
    document_id uuid NOT NULL,
    generation  integer NOT NULL,
    chunk_ord   integer NOT NULL,
    user_id     uuid NOT NULL,
    space_id    integer NOT NULL,
    language    text NOT NULL,
    words       tsvector NOT NULL,
    PRIMARY KEY (document_id, generation, chunk_ord)
) WITH (toast_tuple_target = 8160, autovacuum_vacuum_scale_factor = 0.05,
        autovacuum_vacuum_insert_scale_factor = 0.05);
COMMENT ON TABLE upload_pipeline.chunk_words IS
    'a row for each row of document_chunks, written and deleted in the same transactions';
COMMENT ON COLUMN upload_pipeline.chunk_words.words IS
    'words of the file name, the headings and the text, and the tenant and space as a word';
-- Plans do not depend on them, and ANALYZE would read all words.
ALTER TABLE upload_pipeline.chunk_words ALTER words SET STATISTICS 0;

-- A search reads the whole pending list of the index. With 256 kB that takes milliseconds.
CREATE INDEX chunk_words_words ON upload_pipeline.chunk_words USING gin (words)
    WITH (gin_pending_list_limit = 256);

CREATE TABLE upload_pipeline.word_totals (
    user_id  uuid NOT NULL,
    space_id integer NOT NULL,
    language text NOT NULL,
    chunks   bigint NOT NULL,
    words    bigint NOT NULL,
    PRIMARY KEY (user_id, space_id, language)
) WITH (fillfactor = 50);
COMMENT ON TABLE upload_pipeline.word_totals IS
    'the languages of a tenant''s chunks, and the chunks and words of each that are counted';

CREATE TABLE upload_pipeline.word_counts (
    user_id  uuid NOT NULL,
    space_id integer NOT NULL,
    lexeme   text COLLATE "C" NOT NULL,
    chunks   integer NOT NULL,
    PRIMARY KEY (user_id, space_id, lexeme)
) WITH (fillfactor = 70);
COMMENT ON TABLE upload_pipeline.word_counts IS
    'the number of a tenant''s chunks that contain a word; the changes in word_changes are missing';

CREATE TABLE upload_pipeline.word_changes (
    change_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    user_id   uuid NOT NULL,
    space_id  integer NOT NULL,
    language  text NOT NULL,
    sign      smallint NOT NULL CHECK (sign IN (-1, 1)),
    words     tsvector NOT NULL
) WITH (toast_tuple_target = 8160, autovacuum_vacuum_threshold = 4096,
        autovacuum_vacuum_scale_factor = 0, vacuum_truncate = false);
COMMENT ON TABLE upload_pipeline.word_changes IS
    'words of chunks that were added (1) or deleted (-1) and that the flusher has yet to count';
-- Searches read the languages of new chunks from it, which are not in word_totals yet. If flushes
-- wrote word_totals, others would wait until the flush of a long document ends.
CREATE INDEX word_changes_of_tenant
    ON upload_pipeline.word_changes (user_id, space_id, language, change_id);

-- Records the words to count.
CREATE FUNCTION upload_pipeline.record_added_words() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = upload_pipeline, pg_catalog, pg_temp AS $$
BEGIN
    INSERT INTO word_changes (user_id, space_id, language, sign, words)
    SELECT user_id, space_id, language, 1, words FROM added;
    RETURN NULL;
END $$;
CREATE TRIGGER record_added_words AFTER INSERT ON upload_pipeline.chunk_words
    REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION upload_pipeline.record_added_words();

CREATE FUNCTION upload_pipeline.record_deleted_words() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = upload_pipeline, pg_catalog, pg_temp AS $$
BEGIN
    INSERT INTO word_changes (user_id, space_id, language, sign, words)
    SELECT user_id, space_id, language, -1, words FROM deleted;
    RETURN NULL;
END $$;
CREATE TRIGGER record_deleted_words AFTER DELETE ON upload_pipeline.chunk_words
    REFERENCING OLD TABLE AS deleted
    FOR EACH STATEMENT EXECUTE FUNCTION upload_pipeline.record_deleted_words();

-- The tenant and space as a word. No word of a text begins like it.
CREATE FUNCTION upload_pipeline.scope_word(tenant uuid, space_id integer) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
    RETURN '@' || space_id || ':' || tenant;

-- The words of a chunk, as chunk_words stores them.
CREATE FUNCTION upload_pipeline.words_of_chunk(
    tenant uuid, space_id integer, language text, filename text, headings text[], text text
) RETURNS tsvector
    LANGUAGE sql STABLE PARALLEL SAFE STRICT
    RETURN array_to_tsvector(ARRAY[upload_pipeline.scope_word(tenant, space_id)])
        || upload_pipeline.words(language::regconfig,
            filename || E'\n' || array_to_string(headings, E'\n') || E'\n' || text);

INSERT INTO upload_pipeline.chunk_words
    (document_id, generation, chunk_ord, user_id, space_id, language, words)
SELECT c.document_id, c.generation, c.chunk_ord, c.user_id, p.space_id, 'english',
    upload_pipeline.words_of_chunk(
        c.user_id, p.space_id, 'english', d.filename, c.headings, c.text)
FROM upload_pipeline.document_chunks c
JOIN upload_pipeline.documents d USING (document_id)
JOIN upload_pipeline.embedding_spaces p ON (p.model, p.version) = (c.embed_model, c.embed_version);

DROP INDEX upload_pipeline.document_chunks_text;
DROP FUNCTION upload_pipeline.chunk_words(text);

-- Deletes the staged chunks, the sketches and the words of deleted documents. A foreign key deletes
-- their rows in document_chunks.
CREATE OR REPLACE FUNCTION upload_pipeline.delete_derived_rows() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = upload_pipeline, pg_catalog, pg_temp AS $$
BEGIN
    DELETE FROM document_vector_buffer b USING deleted d WHERE b.document_id = d.document_id;
    DELETE FROM document_chunk_buffer b USING deleted d WHERE b.document_id = d.document_id;
    DELETE FROM chunk_sketches s USING deleted d WHERE s.document_id = d.document_id;
    DELETE FROM chunk_words w USING deleted d WHERE w.document_id = d.document_id;
    RETURN NULL;
END $$;

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA upload_pipeline FROM PUBLIC;
GRANT EXECUTE ON FUNCTION upload_pipeline.unspaced_scripts(),
    upload_pipeline.character_pairs(text), upload_pipeline.separated_parts(text),
    upload_pipeline.joined_parts(text), upload_pipeline.spaced_text(text),
    upload_pipeline.without_accents(text), upload_pipeline.words(regconfig, text),
    upload_pipeline.scope_word(uuid, integer)
    TO millrace_ingest_api, millrace_flusher;
GRANT EXECUTE ON FUNCTION upload_pipeline.phrase(regconfig, text), upload_pipeline.spellings(text)
    TO millrace_ingest_api;
GRANT EXECUTE ON FUNCTION
    upload_pipeline.words_of_chunk(uuid, integer, text, text, text[], text) TO millrace_flusher;
GRANT UPDATE (language) ON upload_pipeline.upload_jobs TO millrace_chunk_worker;
GRANT SELECT (language) ON upload_pipeline.upload_jobs TO millrace_flusher;
GRANT SELECT (filename) ON upload_pipeline.documents TO millrace_flusher;
GRANT SELECT, INSERT, DELETE ON upload_pipeline.chunk_words TO millrace_flusher;
GRANT SELECT, DELETE ON upload_pipeline.word_changes TO millrace_flusher;
GRANT SELECT, INSERT, UPDATE (chunks, words) ON upload_pipeline.word_totals TO millrace_flusher;
GRANT SELECT, INSERT, UPDATE (chunks), DELETE ON upload_pipeline.word_counts TO millrace_flusher;
GRANT SELECT ON upload_pipeline.chunk_words, upload_pipeline.word_totals,
    upload_pipeline.word_counts TO millrace_ingest_api;
GRANT SELECT (user_id, space_id, language) ON upload_pipeline.word_changes TO millrace_ingest_api;
GRANT SELECT (document_id, generation) ON upload_pipeline.chunk_words
    TO millrace_reconciler, millrace_operator;
