-- Whether the database has the pipeline's schema, of whatever version.
-- Locks: none.
-- Index: none; reads the catalogue.
SELECT to_regclass('upload_pipeline.documents') IS NOT NULL;
