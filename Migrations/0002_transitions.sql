-- The rules by which a job changes, enforced for every client, and the event of every transition,
-- which no client can omit.

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
    'one row per transition, written by trigger in the transition''s own transaction; '
    'without foreign keys, so that the history of a deleted document remains';
CREATE INDEX events_of_job ON upload_pipeline.events (job_id, event_id);
CREATE INDEX events_by_time ON upload_pipeline.events
    USING brin (ts) WITH (autosummarize = on);

-- Whether a job may change from one position to another. `Transition` in Tests/JobModel states the
-- same rule, and a test compares the two for every pair of positions.
CREATE FUNCTION upload_pipeline.is_legal_transition(
    from_stage text, from_state text, to_stage text, to_state text) RETURNS boolean
    LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN from_stage = to_stage THEN
        CASE from_state
            WHEN 'queued' THEN to_state = 'working'
            WHEN 'working' THEN to_state IN ('retryable', 'queued', 'deadletter')
                OR (to_state = 'done' AND from_stage IN ('embedding', 'embedded'))
            WHEN 'retryable' THEN to_state = 'queued'
            WHEN 'deadletter' THEN to_state = 'queued'
            ELSE false END
        AND from_stage NOT IN ('parse_validated', 'chunks_buffered')
    ELSE (from_stage, from_state, to_stage, to_state) IN (
        ('queued',          'working', 'job_validated',   'working'),
        ('job_validated',   'working', 'parsing',         'working'),
        ('parsing',         'working', 'parsed',          'working'),
        ('parsed',          'working', 'parse_validated', 'done'),
        ('parse_validated', 'done',    'chunking',        'working'),
        ('chunking',        'working', 'chunks_buffered', 'done'),
        ('chunks_buffered', 'done',    'embedding',       'working'),
        ('embedding',       'done',    'embedded',        'working'))
    END
$$;

-- The stage of a waiting job after a claim.
CREATE FUNCTION upload_pipeline.claimed_stage(stage text, state text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE
        WHEN state <> 'done' THEN stage
        WHEN stage = 'parse_validated' THEN 'chunking'
        WHEN stage = 'chunks_buffered' THEN 'embedding'
        ELSE 'embedded' END
$$;

-- The columns of a job that follow from a transition alone, so that no statement repeats them. A
-- claim and an advance state all that they change.
--   The end of a claim clears it. A released or interrupted claim costs no attempt.
--   A completed job starts the next queue with no attempts, a redriven one its own queue.
--   A job that waits again is due at once, but a resumed retry keeps its place in the queue. The
--   reconciler sends a hint at once, or 30 s later if the program that makes the transition sends
--   one itself.
--   An ended job records its end.
-- Runs as the writing role and without settings of its own, which would cost more than the rest.
CREATE FUNCTION upload_pipeline.apply_transition() RETURNS trigger
    LANGUAGE plpgsql AS $$
DECLARE
    moment timestamptz := clock_timestamp();
BEGIN
    NEW.updated_at := moment;
    IF OLD.state = 'working' THEN
        NEW.claim_id := NULL;
        NEW.claimed_by := NULL;
        NEW.claimed_at := NULL;
        NEW.lease_until := NULL;
        NEW.stage_deadline := NULL;
    END IF;
    IF NEW.state = 'done' OR OLD.state = 'deadletter' THEN
        NEW.attempt := 0;
        NEW.retry_count := 0;
    ELSIF OLD.state = 'working' AND NEW.state = 'queued' THEN
        NEW.attempt := OLD.attempt - 1;
    END IF;
    IF NEW.state = 'deadletter' OR (NEW.stage = 'embedded' AND NEW.state = 'done') THEN
        NEW.finished_at := moment;
    ELSIF NEW.state <> 'retryable' THEN
        NEW.finished_at := NULL;
        NEW.run_at := CASE WHEN OLD.state = 'retryable' THEN OLD.run_at ELSE moment END;
        NEW.hint_at := moment + CASE WHEN NEW.state = 'done' OR OLD.state = 'retryable'
            THEN interval '30 s' ELSE interval '0' END;
        NEW.hint_count := 0;
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER apply_transition BEFORE UPDATE ON upload_pipeline.upload_jobs
    FOR EACH ROW WHEN (NEW.state <> OLD.state AND NEW.state <> 'working')
    EXECUTE FUNCTION upload_pipeline.apply_transition();

-- The description of a failure in upload_jobs.last_error (the check error_is_described).
CREATE FUNCTION upload_pipeline.described_error(code text, message text, retry_count integer)
    RETURNS jsonb LANGUAGE sql AS $$
    SELECT jsonb_build_object('error_type', code, 'message', message,
        'timestamp', clock_timestamp(), 'retry_count', retry_count)
$$;

-- The delay before the next attempt: 2^n times the base, at most the cap, with 25 % jitter. The
-- workers compute it by RetryPolicy in Sources/Domain.
CREATE FUNCTION upload_pipeline.retry_delay(
    attempt smallint, base_seconds double precision, cap_seconds double precision)
    RETURNS interval LANGUAGE sql AS $$
    SELECT make_interval(secs => (0.75 + 0.5 * random())
        * least(cap_seconds, base_seconds * power(2, greatest(attempt - 1, 0))))
$$;

-- The status of a document whose job is in this position.
CREATE FUNCTION upload_pipeline.processing_status(stage text, state text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE
        WHEN state = 'deadletter' THEN 'failed'
        WHEN stage = 'embedded' AND state = 'done' THEN 'embedded'
        WHEN stage = 'queued' AND state = 'queued' THEN 'queued'
        ELSE 'processing' END
$$;

-- The type of a transition's event.
CREATE FUNCTION upload_pipeline.event_type(
    from_state text, to_stage text, to_state text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE
        WHEN to_state IN ('retryable', 'deadletter') THEN 'error'
        WHEN to_stage = 'embedded' AND to_state = 'done' THEN 'finalized'
        WHEN to_state = 'done' THEN 'stage_done'
        WHEN to_state = 'queued' THEN 'retry'
        WHEN from_state = 'working' AND to_stage <> 'parsing' THEN 'stage_done'
        ELSE 'stage_started' END
$$;

-- The code of a transition's event: the failure, the reason for queueing again, or the stage.
CREATE FUNCTION upload_pipeline.event_code(
    from_state text, to_stage text, to_state text, last_error jsonb) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE
        WHEN to_state IN ('retryable', 'deadletter')
            THEN coalesce(last_error ->> 'error_type', 'unknown')
        WHEN to_state = 'queued' THEN CASE from_state
            WHEN 'retryable' THEN 'retry_due'
            WHEN 'deadletter' THEN 'redriven'
            ELSE 'released' END
        ELSE to_stage END
$$;

-- Writes the events of new jobs and updates the status of their documents. A new job seldom changes
-- the status. Documents are updated by key, regardless of the planner's estimates for tables that
-- may have been empty.
CREATE FUNCTION upload_pipeline.record_new_jobs() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = upload_pipeline, pg_catalog, pg_temp
    SET enable_seqscan = off AS $$
DECLARE
    changed record;
BEGIN
    INSERT INTO events (job_id, document_id, type, severity, code, payload, correlation_id)
    SELECT job_id, document_id, 'stage_done', 'info', 'accepted',
           jsonb_build_object('to_stage', stage, 'to_state', state, 'generation', generation),
           payload ->> 'correlation_id'
    FROM new_jobs;

    FOR changed IN
        SELECT processing_status(stage, state) AS status, array_agg(document_id) AS documents
        FROM new_jobs GROUP BY 1
    LOOP
        UPDATE documents SET processing_status = changed.status
        WHERE document_id = ANY (changed.documents) AND processing_status <> changed.status;
    END LOOP;
    RETURN NULL;
END $$;

CREATE TRIGGER record_new_jobs AFTER INSERT ON upload_pipeline.upload_jobs
    REFERENCING NEW TABLE AS new_jobs
    FOR EACH STATEMENT EXECUTE FUNCTION upload_pipeline.record_new_jobs();

-- The operator who requested this transaction, as its program states it; NULL when it states none.
CREATE FUNCTION upload_pipeline.requester() RETURNS text
    LANGUAGE sql STABLE RETURN nullif(current_setting('millrace.requested_by', true), '');

-- Refuses illegal transitions, writes the events of legal ones and updates the status of their
-- documents. The event of a redrive names the database user.
-- Old and new rows are joined by hashing, because the planner underestimates transition tables, and
-- a nested loop would compare each row with each.
CREATE FUNCTION upload_pipeline.record_transitions() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = upload_pipeline, pg_catalog, pg_temp
    SET enable_seqscan = off SET enable_nestloop = off SET enable_mergejoin = off AS $$
DECLARE
    illegal record;
    changed record;
BEGIN
    SELECT o.job_id, o.stage AS from_stage, o.state AS from_state,
           n.stage AS to_stage, n.state AS to_state
    INTO illegal
    FROM old_jobs o JOIN new_jobs n USING (job_id)
    WHERE (o.stage, o.state) <> (n.stage, n.state)
      AND NOT is_legal_transition(o.stage, o.state, n.stage, n.state)
    LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'illegal transition of job %: %/% to %/%', illegal.job_id,
            illegal.from_stage, illegal.from_state, illegal.to_stage, illegal.to_state
            USING ERRCODE = 'check_violation', CONSTRAINT = 'legal_transition';
    END IF;

    INSERT INTO events (job_id, document_id, type, severity, code, payload, correlation_id)
    SELECT n.job_id, n.document_id,
           event_type(o.state, n.stage, n.state),
           CASE n.state WHEN 'deadletter' THEN 'error' WHEN 'retryable' THEN 'warn'
                ELSE 'info' END,
           event_code(o.state, n.stage, n.state, n.last_error),
           jsonb_strip_nulls(jsonb_build_object(
               'from_stage', o.stage, 'from_state', o.state,
               'to_stage', n.stage, 'to_state', n.state,
               'attempt', n.attempt, 'retry_count', n.retry_count,
               'claim_id', coalesce(n.claim_id, o.claim_id),
               'worker', coalesce(n.claimed_by, o.claimed_by),
               'chunks', CASE WHEN n.state = 'done' THEN n.expected_chunks END,
               'error', CASE WHEN n.state IN ('retryable', 'deadletter')
                             THEN n.last_error END,
               'run_at', CASE WHEN n.state = 'retryable' THEN n.run_at END,
               'by', CASE WHEN o.state = 'deadletter' THEN session_user END,
               'requested_by', CASE WHEN o.state = 'deadletter' THEN requester() END)),
           n.payload ->> 'correlation_id'
    FROM old_jobs o JOIN new_jobs n USING (job_id)
    WHERE (o.stage, o.state) <> (n.stage, n.state)
    ORDER BY n.job_id;

    FOR changed IN
        SELECT processing_status(n.stage, n.state) AS status,
               array_agg(n.document_id ORDER BY n.document_id) AS documents
        FROM old_jobs o JOIN new_jobs n USING (job_id)
        WHERE processing_status(o.stage, o.state) <> processing_status(n.stage, n.state)
        GROUP BY 1
    LOOP
        UPDATE documents
        SET processing_status = changed.status, updated_at = clock_timestamp()
        WHERE document_id = ANY (changed.documents);
    END LOOP;
    RETURN NULL;
END $$;

CREATE TRIGGER record_transitions AFTER UPDATE ON upload_pipeline.upload_jobs
    REFERENCING OLD TABLE AS old_jobs NEW TABLE AS new_jobs
    FOR EACH STATEMENT EXECUTE FUNCTION upload_pipeline.record_transitions();

-- Deletes up to `max_count` dead letters with their documents, oldest first, and returns how many.
-- Each argument that is not NULL must match. Their events remain, plus one that records the purge.
-- Runs as the owner, so that an operator can delete dead letters and nothing else.
-- Locks: the jobs' rows; SKIP LOCKED. Index: upload_jobs_deadletter.
CREATE FUNCTION upload_pipeline.purge_dead_letters(
    failure_code text, failed_stage text, tenant uuid, jobs uuid[], failed_before timestamptz,
    max_count bigint) RETURNS bigint
    LANGUAGE sql SECURITY DEFINER SET search_path = upload_pipeline, pg_catalog, pg_temp AS $$
    WITH chosen AS MATERIALIZED (
        SELECT j.job_id, j.document_id, j.stage, j.last_error, j.payload
        FROM upload_jobs j
        WHERE j.state = 'deadletter'
          AND (failure_code IS NULL OR j.last_error ->> 'error_type' = failure_code)
          AND (failed_stage IS NULL OR j.stage = failed_stage)
          AND (tenant IS NULL OR j.user_id = tenant)
          AND (jobs IS NULL OR j.job_id = ANY (jobs))
          AND (failed_before IS NULL OR j.finished_at < failed_before)
        ORDER BY j.finished_at LIMIT max_count FOR UPDATE SKIP LOCKED
    ), recorded AS (
        INSERT INTO events (job_id, document_id, type, severity, code, payload, correlation_id)
        SELECT job_id, document_id, 'finalized', 'info', 'purged',
            jsonb_strip_nulls(jsonb_build_object('from_stage', stage, 'from_state', 'deadletter',
                'error', last_error, 'by', session_user, 'requested_by', requester())),
            payload ->> 'correlation_id'
        FROM chosen
    ), deleted AS (
        DELETE FROM documents d USING chosen
        WHERE d.document_id = chosen.document_id
        RETURNING d.document_id
    )
    SELECT count(*) FROM deleted
$$;
