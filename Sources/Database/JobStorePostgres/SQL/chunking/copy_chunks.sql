-- Stages the texts of documents' chunks, in the transaction of complete_chunking.
-- Locks: none.
-- Index: none.
COPY upload_pipeline.document_chunk_buffer (document_id, generation, chunk_ord, chunk_id,
    chunker_name, chunker_version, text, chunk_sha, tokens, utf8_start, utf8_end, headings,
    page_first, page_last) FROM STDIN (FORMAT binary);
