-- The parse-worker holds its pages against a daily budget, as the others do their tokens.
GRANT SELECT (ts, user_id, operation, units, tokens)
    ON upload_pipeline.provider_calls
    TO millrace_embed_worker, millrace_ingest_api, millrace_parse_worker;
