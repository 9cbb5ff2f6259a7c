-- What parsing services tell of remote jobs by themselves: a hint to look for a result, no more.

CREATE TABLE upload_pipeline.parse_notices (
    event_id    text PRIMARY KEY,
    remote_job  text NOT NULL,
    event       text NOT NULL,
    received_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
COMMENT ON TABLE upload_pipeline.parse_notices IS
    'a row for each signed event of a webhook; its id is taken once, so that a replay changes nothing';
CREATE INDEX parse_notices_remote_job ON upload_pipeline.parse_notices (remote_job);
CREATE INDEX parse_notices_by_time ON upload_pipeline.parse_notices (received_at);

GRANT INSERT, SELECT (event_id) ON upload_pipeline.parse_notices TO millrace_ingest_api;
GRANT SELECT (remote_job) ON upload_pipeline.parse_notices TO millrace_parse_worker;
GRANT SELECT (received_at), DELETE ON upload_pipeline.parse_notices TO millrace_reconciler;
