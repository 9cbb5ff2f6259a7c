-- The transition rule of Domain/Transition.swift, enforced for every client, and the event of
-- every transition, written where it cannot be forgotten.

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

CREATE FUNCTION upload_pipeline.processing_status(stage text, state text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE
        WHEN state = 'deadletter' THEN 'failed'
        WHEN stage = 'embedded' AND state = 'done' THEN 'embedded'
        WHEN stage = 'queued' AND state = 'queued' THEN 'queued'
        ELSE 'processing' END
$$;

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

CREATE FUNCTION upload_pipeline.record_new_jobs() RETURNS trigger
    LANGUAGE plpgsql SET search_path = upload_pipeline, pg_catalog, pg_temp AS $$
BEGIN
    INSERT INTO events (job_id, document_id, type, severity, code, payload, correlation_id)
    SELECT job_id, document_id, 'stage_done', 'info', 'accepted',
           jsonb_build_object('to_stage', stage, 'to_state', state, 'generation', generation),
           payload ->> 'correlation_id'
    FROM new_jobs;
    UPDATE documents d SET processing_status = processing_status(n.stage, n.state)
    FROM new_jobs n
    WHERE d.document_id = n.document_id
      AND d.processing_status <> processing_status(n.stage, n.state);
    RETURN NULL;
END $$;

CREATE FUNCTION upload_pipeline.record_transitions() RETURNS trigger
    LANGUAGE plpgsql SET search_path = upload_pipeline, pg_catalog, pg_temp AS $$
DECLARE
    illegal record;
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
               'run_at', CASE WHEN n.state = 'retryable' THEN n.run_at END)),
           n.payload ->> 'correlation_id'
    FROM old_jobs o JOIN new_jobs n USING (job_id)
    WHERE (o.stage, o.state) <> (n.stage, n.state)
    ORDER BY n.job_id;

    UPDATE documents d
    SET processing_status = processing_status(n.stage, n.state), updated_at = clock_timestamp()
    FROM old_jobs o JOIN new_jobs n USING (job_id)
    WHERE d.document_id = n.document_id
      AND processing_status(o.stage, o.state) <> processing_status(n.stage, n.state);
    RETURN NULL;
END $$;

CREATE TRIGGER record_new_jobs AFTER INSERT ON upload_pipeline.upload_jobs
    REFERENCING NEW TABLE AS new_jobs
    FOR EACH STATEMENT EXECUTE FUNCTION upload_pipeline.record_new_jobs();

CREATE TRIGGER record_transitions AFTER UPDATE ON upload_pipeline.upload_jobs
    REFERENCING OLD TABLE AS old_jobs NEW TABLE AS new_jobs
    FOR EACH STATEMENT EXECUTE FUNCTION upload_pipeline.record_transitions();
