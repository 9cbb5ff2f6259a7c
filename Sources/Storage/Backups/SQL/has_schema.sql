-- Whether the database has the pipeline's schema, in any version.
-- Locks: none.
-- Index: none; reads the catalogue.
SELECT to_regclass('upload_pipeline.documents') IS NOT NULL;
