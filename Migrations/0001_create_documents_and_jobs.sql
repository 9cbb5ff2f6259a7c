-- Documents, their jobs and the events of each job.

CREATE TABLE upload_pipeline.documents (
    document_id       uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    user_id           uuid NOT NULL,
    filename          text NOT NULL CHECK (length(filename) BETWEEN 1 AND 1024),
    mime              text NOT NULL,
    bytes_len         bigint NOT NULL CHECK (bytes_len > 0),
    file_sha256       text NOT NULL CHECK (file_sha256 ~ '^[0-9a-f]{64}$'),
    parsed_sha256     text CHECK (parsed_sha256 ~ '^[0-9a-f]{64}$'),
    raw_path          text NOT NULL CHECK (raw_path LIKE 'storage://%'),
    parsed_path       text CHECK (parsed_path LIKE 'storage://%'),
    processing_status text NOT NULL DEFAULT 'queued'
        CHECK (processing_status IN ('queued', 'processing', 'embedded', 'failed')),
    created_at        timestamptz NOT NULL DEFAULT clock_timestamp(),
    updated_at        timestamptz NOT NULL DEFAULT clock_timestamp(),
    UNIQUE (user_id, file_sha256)
);
COMMENT ON COLUMN upload_pipeline.documents.user_id IS 'the tenant';
COMMENT ON COLUMN upload_pipeline.documents.processing_status IS
    'derived from the document''s job by trigger; never written by a program';

-- The queue on which a job in this position waits; NULL when it waits for no worker.
CREATE FUNCTION upload_pipeline.waiting_queue(stage text, state text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE
        WHEN state = 'queued' THEN CASE
            WHEN stage IN ('queued', 'job_validated', 'parsing', 'parsed') THEN 'parse'
            WHEN stage = 'chunking' THEN 'chunk'
            WHEN stage = 'embedding' THEN 'embed'
            WHEN stage = 'embedded' THEN 'flush' END
        WHEN state = 'done' THEN CASE
            WHEN stage = 'parse_validated' THEN 'chunk'
            WHEN stage = 'chunks_buffered' THEN 'embed'
            WHEN stage = 'embedding' THEN 'flush' END
    END
$$;

CREATE TABLE upload_pipeline.upload_jobs (
    job_id          uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    document_id     uuid NOT NULL
        REFERENCES upload_pipeline.documents ON DELETE CASCADE,
    stage           text NOT NULL DEFAULT 'queued',
    state           text NOT NULL DEFAULT 'queued',
    retry_count     integer NOT NULL DEFAULT 0 CHECK (retry_count >= 0),
    idempotency_key text UNIQUE,
    payload         jsonb NOT NULL DEFAULT '{}',
    last_error      jsonb,
    claimed_by      text,
    claimed_at      timestamptz,
    started_at      timestamptz,
    finished_at     timestamptz,
    created_at      timestamptz NOT NULL DEFAULT clock_timestamp(),
    updated_at      timestamptz NOT NULL DEFAULT clock_timestamp(),
    claim_id        uuid,
    attempt         smallint NOT NULL DEFAULT 0 CHECK (attempt >= 0),
    attempts_max    smallint NOT NULL DEFAULT 5 CHECK (attempts_max > 0),
    lease_until     timestamptz,
    stage_deadline  timestamptz,
    run_at          timestamptz NOT NULL DEFAULT clock_timestamp(),
    notify_at       timestamptz NOT NULL DEFAULT clock_timestamp(),
    notify_count    integer NOT NULL DEFAULT 0 CHECK (notify_count >= 0),
    generation      integer NOT NULL DEFAULT 1 CHECK (generation > 0),
    expected_chunks integer CHECK (expected_chunks > 0),
    embed_model     text,
    embed_version   text,
    embed_width     integer,
    waiting_for     text
        GENERATED ALWAYS AS (upload_pipeline.waiting_queue(stage, state)) STORED,
    UNIQUE (document_id, generation),
    CONSTRAINT legal_position CHECK (CASE
        WHEN stage IN ('parse_validated', 'chunks_buffered') THEN state = 'done'
        WHEN stage IN ('embedding', 'embedded')
            THEN state IN ('queued', 'working', 'retryable', 'done', 'deadletter')
        WHEN stage IN ('queued', 'job_validated', 'parsing', 'parsed', 'chunking')
            THEN state IN ('queued', 'working', 'retryable', 'deadletter')
        ELSE false END),
    CONSTRAINT working_means_claimed CHECK (
        (state = 'working') = (claim_id IS NOT NULL)
        AND (state = 'working') = (lease_until IS NOT NULL)
        AND (state = 'working') = (claimed_by IS NOT NULL)),
    CONSTRAINT ended_means_finished CHECK (
        (state = 'deadletter' OR (stage = 'embedded' AND state = 'done'))
        = (finished_at IS NOT NULL)),
    CONSTRAINT embedded_means_counted CHECK (
        NOT (stage = 'embedded' AND state = 'done') OR expected_chunks IS NOT NULL),
    CONSTRAINT error_is_described CHECK (
        state NOT IN ('retryable', 'deadletter')
        OR (last_error ? 'error_type' AND last_error ? 'message'
            AND last_error ? 'timestamp' AND last_error ? 'retry_count'))
) WITH (fillfactor = 80);

-- Claims from the table; claims by hint go by the primary key.
CREATE INDEX upload_jobs_waiting ON upload_pipeline.upload_jobs (waiting_for, run_at)
    WHERE waiting_for IS NOT NULL;
-- R1: waiting jobs whose next hint is due.
CREATE INDEX upload_jobs_notify ON upload_pipeline.upload_jobs (notify_at)
    WHERE waiting_for IS NOT NULL;
-- Retries that become due.
CREATE INDEX upload_jobs_retry ON upload_pipeline.upload_jobs (run_at)
    WHERE state = 'retryable';
-- R2 and R3: dead and hung work.
CREATE INDEX upload_jobs_lease ON upload_pipeline.upload_jobs (lease_until)
    WHERE state = 'working';
CREATE INDEX upload_jobs_deadline ON upload_pipeline.upload_jobs (stage_deadline)
    WHERE state = 'working';
-- The newest finished jobs: rates and the audit.
CREATE INDEX upload_jobs_finished ON upload_pipeline.upload_jobs (finished_at)
    WHERE finished_at IS NOT NULL;
-- Dead letters, newest first.
CREATE INDEX upload_jobs_deadletter ON upload_pipeline.upload_jobs (finished_at DESC)
    WHERE state = 'deadletter';

CREATE TABLE upload_pipeline.events (
    event_id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    job_id         uuid NOT NULL,
    document_id    uuid NOT NULL,
    ts             timestamptz NOT NULL DEFAULT clock_timestamp(),
    type           text NOT NULL
        CHECK (type IN ('stage_started', 'stage_done', 'retry', 'error', 'finalized')),
    severity       text NOT NULL CHECK (severity IN ('info', 'warn', 'error')),
    code           text NOT NULL,
    payload        jsonb NOT NULL DEFAULT '{}',
    correlation_id text
);
COMMENT ON TABLE upload_pipeline.events IS
    'one row a transition, written by trigger in the transition''s own transaction; '
    'without foreign keys, so that the history of a deleted document remains';
CREATE INDEX events_of_job ON upload_pipeline.events (job_id, event_id);
CREATE INDEX events_by_time ON upload_pipeline.events USING brin (ts);
