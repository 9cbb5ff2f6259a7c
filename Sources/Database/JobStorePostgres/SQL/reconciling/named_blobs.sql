-- Every blob that a document names, in the order of the store's keys.
-- Rows written by hand may contain ids in upper case.
-- Locks: none.
-- Index: none; reads all documents.
SELECT path FROM (
    SELECT lower(raw_path) AS path FROM upload_pipeline.documents
    UNION ALL
    SELECT lower(parsed_path) FROM upload_pipeline.documents WHERE parsed_path IS NOT NULL) AS named
ORDER BY path COLLATE "C";
