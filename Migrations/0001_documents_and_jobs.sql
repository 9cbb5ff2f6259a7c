-- Documents, the jobs that make them searchable, and the idempotency keys of uploads.

CREATE TABLE upload_pipeline.documents (
    document_id       uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    user_id           uuid NOT NULL,
    filename          text NOT NULL CHECK (length(filename) BETWEEN 1 AND 1024),
    mime              text NOT NULL,
    bytes_len         bigint NOT NULL CHECK (bytes_len > 0),
    -- A regular expression that counts to 64 takes twelve times as long, and every change of a
    -- document checks both hashes.
    file_sha256       text NOT NULL
        CHECK (length(file_sha256) = 64 AND file_sha256 ~ '^[0-9a-f]*$'),
    parsed_sha256     text CHECK (length(parsed_sha256) = 64 AND parsed_sha256 ~ '^[0-9a-f]*$'),
    raw_path          text NOT NULL CHECK (raw_path LIKE 'storage://%'),
    parsed_path       text CHECK (parsed_path LIKE 'storage://%'),
    processing_status text NOT NULL DEFAULT 'queued'
        CHECK (processing_status IN ('queued', 'processing', 'embedded', 'failed')),
    created_at        timestamptz NOT NULL DEFAULT clock_timestamp(),
    updated_at        timestamptz NOT NULL DEFAULT clock_timestamp(),
    UNIQUE (user_id, file_sha256)
    -- A row changes three times during its job. Free space in its page keeps those changes out of
    -- the indexes.
) WITH (fillfactor = 80);
COMMENT ON COLUMN upload_pipeline.documents.user_id IS 'the tenant';
COMMENT ON COLUMN upload_pipeline.documents.processing_status IS
    'derived from the document''s job by trigger; never written by a program';

-- The newest documents, for the audit. A block-range index costs almost nothing to maintain. With
-- autosummarize, the blocks that were filled since the last vacuum are not read as a whole.
CREATE INDEX documents_by_time ON upload_pipeline.documents
    USING brin (created_at) WITH (autosummarize = on);

-- The queue on which a job in this position waits; NULL when it does not wait for a worker.
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
    idempotency_key text,
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
    hint_at         timestamptz NOT NULL DEFAULT clock_timestamp(),
    hint_count      integer NOT NULL DEFAULT 0 CHECK (hint_count >= 0),
    generation      integer NOT NULL DEFAULT 1 CHECK (generation > 0),
    expected_chunks integer CHECK (expected_chunks > 0),
    embed_model     text,
    embed_version   text,
    embed_width     integer,
    waiting_for     text
        GENERATED ALWAYS AS (upload_pipeline.waiting_queue(stage, state)) STORED,
    user_id         uuid NOT NULL,
    worker_session  bigint,
    interruptions   smallint NOT NULL DEFAULT 0 CHECK (interruptions >= 0),
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
    -- IS NOT NULL is needed: a check accepts an expression that is NULL.
    CONSTRAINT error_is_described CHECK (
        state NOT IN ('retryable', 'deadletter')
        OR (last_error IS NOT NULL
            AND last_error ?& ARRAY['error_type', 'message', 'timestamp', 'retry_count']))
) WITH (fillfactor = 80);
COMMENT ON COLUMN upload_pipeline.upload_jobs.idempotency_key IS
    'the key of the upload, for information; idempotency_keys records the bytes of each key';
COMMENT ON COLUMN upload_pipeline.upload_jobs.hint_at IS
    'when the reconciler sends the next hint if the job still waits';
COMMENT ON COLUMN upload_pipeline.upload_jobs.hint_count IS
    'hints that the reconciler has sent since the job began to wait';
COMMENT ON COLUMN upload_pipeline.upload_jobs.user_id IS
    'the tenant, copied from the document so that claims by tenant read one table';
COMMENT ON COLUMN upload_pipeline.upload_jobs.worker_session IS
    'key of the advisory lock that the process of the last claim holds while it lives; '
    'NULL if it held none';
COMMENT ON COLUMN upload_pipeline.upload_jobs.interruptions IS
    'claims that ended because the database server stopped; they cost no attempt, '
    'at most attempts_max times';

-- The jobs that have waited longest on a queue: lost hints and gauges. Claims by hint use the
-- primary key.
CREATE INDEX upload_jobs_waiting ON upload_pipeline.upload_jobs (waiting_for, run_at)
    WHERE waiting_for IS NOT NULL;
-- Claims in turns: the oldest jobs of each tenant that waits on a queue.
CREATE INDEX upload_jobs_turns ON upload_pipeline.upload_jobs (waiting_for, user_id, run_at)
    WHERE waiting_for IS NOT NULL;
-- Retries that become due.
CREATE INDEX upload_jobs_retry ON upload_pipeline.upload_jobs (run_at)
    WHERE state = 'retryable';
-- The few jobs in progress: expired leases and deadlines, claims of dead processes.
CREATE INDEX upload_jobs_lease ON upload_pipeline.upload_jobs (lease_until)
    WHERE state = 'working';
-- The newest finished jobs: rates and the audit.
CREATE INDEX upload_jobs_finished ON upload_pipeline.upload_jobs (finished_at)
    WHERE finished_at IS NOT NULL;
-- Dead letters, newest first.
CREATE INDEX upload_jobs_deadletter ON upload_pipeline.upload_jobs (finished_at DESC)
    WHERE state = 'deadletter';

-- Sets the tenant of a job that is inserted without one. A document's tenant never changes.
CREATE FUNCTION upload_pipeline.copy_tenant() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = upload_pipeline, pg_catalog, pg_temp AS $$
BEGIN
    SELECT user_id INTO NEW.user_id FROM documents WHERE document_id = NEW.document_id;
    RETURN NEW;
END $$;

CREATE TRIGGER copy_tenant BEFORE INSERT ON upload_pipeline.upload_jobs
    FOR EACH ROW WHEN (NEW.user_id IS NULL) EXECUTE FUNCTION upload_pipeline.copy_tenant();

-- Tenants with jobs that wait on a queue, each once, in the order of their ids: first those above
-- `last`, then the others. Each costs one lookup in upload_jobs_turns, and only the tenants that
-- the caller fetches are looked up.
CREATE FUNCTION upload_pipeline.waiting_tenants(queue text, last uuid) RETURNS SETOF uuid
    LANGUAGE sql STABLE ROWS 10 AS $$
    WITH RECURSIVE later AS (
        (SELECT user_id FROM upload_pipeline.upload_jobs
         WHERE waiting_for = queue AND user_id > last ORDER BY user_id LIMIT 1)
        UNION ALL
        SELECT next.user_id FROM later CROSS JOIN LATERAL (
            SELECT user_id FROM upload_pipeline.upload_jobs
            WHERE waiting_for = queue AND user_id > later.user_id
            ORDER BY user_id LIMIT 1) next
    ), earlier AS (
        (SELECT user_id FROM upload_pipeline.upload_jobs
         WHERE waiting_for = queue AND user_id <= last ORDER BY user_id LIMIT 1)
        UNION ALL
        SELECT next.user_id FROM earlier CROSS JOIN LATERAL (
            SELECT user_id FROM upload_pipeline.upload_jobs
            WHERE waiting_for = queue AND user_id > earlier.user_id AND user_id <= last
            ORDER BY user_id LIMIT 1) next
    )
    SELECT user_id FROM later UNION ALL SELECT user_id FROM earlier
$$;

-- Jobs by stage and state. Finished jobs are counted in an index, and only the others are read:
-- with 1 million finished jobs this takes a tenth of the time of a GROUP BY.
CREATE VIEW upload_pipeline.job_counts AS
SELECT stage, state, count(*) AS jobs FROM upload_pipeline.upload_jobs
WHERE waiting_for IS NOT NULL GROUP BY stage, state
UNION ALL
SELECT stage, state, count(*) FROM upload_pipeline.upload_jobs
WHERE state = 'retryable' GROUP BY stage, state
UNION ALL
SELECT stage, state, count(*) FROM upload_pipeline.upload_jobs
WHERE state = 'working' GROUP BY stage, state
UNION ALL
SELECT stage, state, count(*) FROM upload_pipeline.upload_jobs
WHERE state = 'deadletter' GROUP BY stage, state
UNION ALL
SELECT 'embedded', 'done', ended.n - dead.n
FROM (SELECT count(*) AS n FROM upload_pipeline.upload_jobs WHERE finished_at IS NOT NULL) AS ended,
     (SELECT count(*) AS n FROM upload_pipeline.upload_jobs WHERE state = 'deadletter') AS dead
WHERE ended.n > dead.n;
COMMENT ON VIEW upload_pipeline.job_counts IS 'jobs by stage and state';

-- The bytes with which an Idempotency-Key was sent, also if the tenant already had them. The
-- reconciler deletes keys after a day.
CREATE TABLE upload_pipeline.idempotency_keys (
    user_id     uuid NOT NULL,
    key         text NOT NULL CHECK (octet_length(key) BETWEEN 1 AND 255),
    file_sha256 text NOT NULL CHECK (length(file_sha256) = 64 AND file_sha256 ~ '^[0-9a-f]*$'),
    created_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (user_id, key)
);
CREATE INDEX idempotency_keys_by_time ON upload_pipeline.idempotency_keys (created_at);

-- Whether a backup holds the blobs: its session holds an advisory lock with this number
-- (Sources/Storage/Backups/SQL/hold_blobs.sql). Asked after the rows that named a blob are gone: a
-- backup that takes the hold later does not see those rows, so it does not need the blob.
CREATE FUNCTION upload_pipeline.blobs_are_held() RETURNS boolean
    LANGUAGE sql STABLE AS $$
    SELECT EXISTS (
        SELECT FROM pg_locks
        WHERE locktype = 'advisory' AND objsubid = 1 AND granted
          AND (classid::bigint << 32) | objid::bigint = 5278364719452836418
          AND database = (SELECT oid FROM pg_database WHERE datname = current_database()))
$$;
