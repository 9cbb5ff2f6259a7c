-- Calls of providers and what they cost, the health of providers, and the webhook events of parsing
-- services.

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
    'one row per call and job that has a share in it, written before the call; '
    'without foreign keys, so that the cost of a deleted document remains';
COMMENT ON COLUMN upload_pipeline.provider_calls.units IS 'texts or pages';
COMMENT ON COLUMN upload_pipeline.provider_calls.tokens IS
    'as counted by the provider; NULL if it did not report them';
COMMENT ON COLUMN upload_pipeline.provider_calls.outcome IS
    '''ok'', the code of the failure, or ''begun'' if the process died during the call';
-- What a tenant spent recently. The spending of all tenants is read by time.
CREATE INDEX provider_calls_tenant ON upload_pipeline.provider_calls (user_id, ts);
CREATE INDEX provider_calls_document ON upload_pipeline.provider_calls (document_id)
    WHERE document_id IS NOT NULL;
CREATE INDEX provider_calls_by_time ON upload_pipeline.provider_calls
    USING brin (ts) WITH (autosummarize = on);

-- The health of each provider, as each program that calls it sees it. The reconciler deletes the
-- rows of programs that have ended.
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
    'closed: calls are made; open: the provider failed and no calls are made; '
    'half_open: one call tests it';

-- Webhook events in which parsing services report the end of remote jobs. They only make the worker
-- ask for the result sooner.
CREATE TABLE upload_pipeline.parse_events (
    event_id    text PRIMARY KEY,
    remote_job  text NOT NULL,
    event       text NOT NULL,
    received_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
COMMENT ON TABLE upload_pipeline.parse_events IS
    'one row per signed webhook event; the primary key makes a replayed event change nothing';
CREATE INDEX parse_events_remote_job ON upload_pipeline.parse_events (remote_job);
CREATE INDEX parse_events_by_time ON upload_pipeline.parse_events (received_at);
