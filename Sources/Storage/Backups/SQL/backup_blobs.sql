-- Every blob that a document names and its SHA-256, where known, in the order of the store's keys.
-- Rows written by hand may spell a path's ids in capitals.
-- Locks: none. Index: none; reads all documents.
SELECT path, sha256 FROM (
    SELECT lower(raw_path) AS path, file_sha256 AS sha256 FROM upload_pipeline.documents
    UNION
    SELECT lower(parsed_path), parsed_sha256 FROM upload_pipeline.documents
    WHERE parsed_path IS NOT NULL) AS named
ORDER BY path COLLATE "C"
