-- A redrive's event says which database user asked for it.
CREATE OR REPLACE FUNCTION upload_pipeline.record_transitions() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = upload_pipeline, pg_catalog, pg_temp AS $$
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
               'run_at', CASE WHEN n.state = 'retryable' THEN n.run_at END,
               'by', CASE WHEN o.state = 'deadletter' THEN session_user END)),
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

-- What an operator is shown of a dead letter's document.
GRANT SELECT (user_id, mime, bytes_len) ON upload_pipeline.documents TO millrace_operator;
