-- Every blob that a document references and its SHA-256, if known, in the order of the store keys.
-- Lower case, because rows written by hand may have upper-case ids in their paths.
-- Locks: none.
-- Index: none; reads all documents.
SELECT path, sha256 FROM (
    SELECT lower(raw_path) AS path, file_sha256 AS sha256 FROM upload_pipeline.documents
    UNION
    SELECT lower(parsed_path), parsed_sha256 FROM upload_pipeline.documents
    WHERE parsed_path IS NOT NULL) AS named
ORDER BY path COLLATE "C";
