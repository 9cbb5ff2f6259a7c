-- Gives a vector space its short name; a repeat changes nothing.
-- $1 model, $2 version
-- Locks: none for long. Index: vector_spaces_model_version_key.
INSERT INTO upload_pipeline.vector_spaces (model, version) VALUES ($1::text, $2::text)
ON CONFLICT DO NOTHING;
