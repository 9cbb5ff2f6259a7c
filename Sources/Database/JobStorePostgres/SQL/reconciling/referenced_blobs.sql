-- R4: the blobs of a list that a document's row names; the others are orphans. Rows written by hand
-- may contain ids in upper case.
-- $1 document ids, $2 paths (same order)
-- Locks: none.
-- Index: documents_pkey.
SELECT blob.path
FROM unnest($1::uuid[], $2::text[]) AS blob (document_id, path)
JOIN upload_pipeline.documents d USING (document_id)
WHERE blob.path IN (lower(d.raw_path), lower(d.parsed_path));
