-- What is asked of providers, what it costs, and how they are.

CREATE TABLE upload_pipeline.provider_calls (
    call_id      uuid NOT NULL,
    part         smallint NOT NULL CHECK (part >= 0),
    ts           timestamptz NOT NULL DEFAULT clock_timestamp(),
    operation    text NOT NULL CHECK (operation IN ('embed', 'query', 'parse')),
    provider     text NOT NULL,
    model        text NOT NULL,
    user_id      uuid NOT NULL,
    document_id  uuid,
    job_id       uuid,
    units        integer NOT NULL CHECK (units > 0),
    bytes        bigint NOT NULL CHECK (bytes >= 0),
    tokens       bigint CHECK (tokens >= 0),
    milliseconds integer CHECK (milliseconds >= 0),
    outcome      text NOT NULL DEFAULT 'begun',
    request_id   text,
    PRIMARY KEY (call_id, part)
);
COMMENT ON TABLE upload_pipeline.provider_calls IS
    'a row for each call of a provider and each job that had a share in it, written before the '
    'call; without foreign keys, so that the cost of a deleted document remains';
COMMENT ON COLUMN upload_pipeline.provider_calls.units IS 'texts or pages';
COMMENT ON COLUMN upload_pipeline.provider_calls.tokens IS
    'as the provider counted them; NULL where it did not tell';
COMMENT ON COLUMN upload_pipeline.provider_calls.outcome IS
    '''ok'', the code of the failure, or ''begun'' where the process died';
-- What a tenant spent lately; of a provider and of all by block ranges.
CREATE INDEX provider_calls_tenant ON upload_pipeline.provider_calls (user_id, ts);
CREATE INDEX provider_calls_document ON upload_pipeline.provider_calls (document_id)
    WHERE document_id IS NOT NULL;
CREATE INDEX provider_calls_by_time ON upload_pipeline.provider_calls
    USING brin (ts) WITH (autosummarize = on);

-- How each program sees each provider it asks; rows of programs that ended are left to age.
CREATE TABLE upload_pipeline.provider_states (
    worker     text NOT NULL,
    provider   text NOT NULL,
    health     text NOT NULL CHECK (health IN ('closed', 'open', 'half_open')),
    reason     text,
    reopens_at timestamptz,
    updated_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (worker, provider)
);
COMMENT ON TABLE upload_pipeline.provider_states IS
    'closed: is asked; open: failed and is left alone; half_open: is tried again';

GRANT INSERT (call_id, part, operation, provider, model, user_id, document_id, job_id, units, bytes),
    SELECT (call_id, part, milliseconds, request_id, units),
    UPDATE (tokens, milliseconds, outcome, request_id, units)
    ON upload_pipeline.provider_calls
    TO millrace_embed_worker, millrace_ingest_api, millrace_parse_worker;
GRANT SELECT (ts, user_id, tokens)
    ON upload_pipeline.provider_calls TO millrace_embed_worker, millrace_ingest_api;
GRANT SELECT ON upload_pipeline.provider_calls TO millrace_operator;
GRANT INSERT, SELECT, UPDATE (health, reason, reopens_at, updated_at)
    ON upload_pipeline.provider_states
    TO millrace_embed_worker, millrace_ingest_api, millrace_parse_worker;
GRANT SELECT (updated_at), DELETE ON upload_pipeline.provider_states TO millrace_reconciler;
