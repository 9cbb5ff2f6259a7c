-- What the parser reports about each document: its pages, its encoding, and what was left out.
ALTER TABLE upload_pipeline.documents ADD COLUMN parse_report jsonb;
COMMENT ON COLUMN upload_pipeline.documents.parse_report IS
    'parser, pages, encoding and warnings of the parse; NULL until the document is parsed';

GRANT SELECT (parse_report) ON upload_pipeline.documents TO millrace_ingest_api;
GRANT UPDATE (parse_report) ON upload_pipeline.documents TO millrace_parse_worker;
