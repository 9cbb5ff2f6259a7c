-- Stages the texts of a document's chunks.
COPY upload_pipeline.document_chunk_buffer (document_id, generation, chunk_ord, chunk_id,
    chunker_name, chunker_version, text, chunk_sha, tokens, utf8_start, utf8_end, headings,
    page_first, page_last) FROM STDIN (FORMAT binary)
