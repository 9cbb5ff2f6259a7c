-- Chunks may be measured in characters; then nobody has counted their tokens.
ALTER TABLE upload_pipeline.document_chunk_buffer ALTER COLUMN tokens DROP NOT NULL;
ALTER TABLE upload_pipeline.document_chunks ALTER COLUMN tokens DROP NOT NULL;
COMMENT ON COLUMN upload_pipeline.document_chunks.tokens IS
    'in cl100k_base; NULL where chunks are measured in characters';
