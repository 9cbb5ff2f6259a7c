-- Transitions cost less: fewer indexes to keep, and what is done for each of a set of jobs grows
-- with the set and not with its square.

-- R3 reads the few working jobs along upload_jobs_lease.
DROP INDEX upload_pipeline.upload_jobs_deadline;

-- Most uploads have no key.
ALTER TABLE upload_pipeline.upload_jobs DROP CONSTRAINT upload_jobs_idempotency_key_key;
CREATE UNIQUE INDEX upload_jobs_idempotency_key ON upload_pipeline.upload_jobs (idempotency_key)
    WHERE idempotency_key IS NOT NULL;

-- The same hashes as before; a regular expression that counts to 64 takes twelve times as long, and
-- every change of a document checks both.
ALTER TABLE upload_pipeline.documents
    DROP CONSTRAINT documents_file_sha256_check,
    DROP CONSTRAINT documents_parsed_sha256_check,
    ADD CONSTRAINT documents_file_sha256_check
        CHECK (length(file_sha256) = 64 AND file_sha256 ~ '^[0-9a-f]*$'),
    ADD CONSTRAINT documents_parsed_sha256_check
        CHECK (length(parsed_sha256) = 64 AND parsed_sha256 ~ '^[0-9a-f]*$');

-- A document's row changes three times on its way: room for that in its page spares its indexes.
ALTER TABLE upload_pipeline.documents SET (fillfactor = 80);

-- The primary key (document, generation, chunk) says more than this did.
ALTER TABLE upload_pipeline.document_chunks
    DROP CONSTRAINT document_chunks_document_id_generation_chunker_name_chunker_key;

-- ANALYZE of a sample of 30,000 chunks reads their vectors and cuts their texts into words: seconds in
-- which no buffer can be vacuumed, for it looks at the tables as they were when it began. A tenth of
-- the sample tells the planner as much.
ALTER TABLE upload_pipeline.document_chunks
    ALTER document_id SET STATISTICS 10, ALTER generation SET STATISTICS 10,
    ALTER chunk_ord SET STATISTICS 10, ALTER chunk_id SET STATISTICS 0,
    ALTER user_id SET STATISTICS 10, ALTER chunker_name SET STATISTICS 10,
    ALTER chunker_version SET STATISTICS 10, ALTER text SET STATISTICS 0,
    ALTER chunk_sha SET STATISTICS 0, ALTER tokens SET STATISTICS 0,
    ALTER utf8_start SET STATISTICS 0, ALTER utf8_end SET STATISTICS 0,
    ALTER headings SET STATISTICS 0, ALTER page_first SET STATISTICS 0,
    ALTER page_last SET STATISTICS 0, ALTER embed_model SET STATISTICS 10,
    ALTER embed_version SET STATISTICS 10, ALTER embed_width SET STATISTICS 0,
    ALTER vector_dim SET STATISTICS 0, ALTER embedding SET STATISTICS 0,
    ALTER embed_updated_at SET STATISTICS 0, ALTER created_at SET STATISTICS 0,
    ALTER updated_at SET STATISTICS 0;
ALTER INDEX upload_pipeline.document_chunks_text ALTER COLUMN 1 SET STATISTICS 10;

-- A space is named once; trying it again and again would use up its numbers.
GRANT SELECT ON upload_pipeline.vector_spaces TO millrace_embed_worker;

-- A new job seldom says anything else of its document than the document's row does. What is updated
-- is looked up by its key, whatever the planner thinks of tables that may have been empty.
CREATE OR REPLACE FUNCTION upload_pipeline.record_new_jobs() RETURNS trigger
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

-- As before, but old and new rows are joined by hashing: in a nested loop each is compared with
-- each, and to the planner the rows of a transition table are too few to mind.
CREATE OR REPLACE FUNCTION upload_pipeline.record_transitions() RETURNS trigger
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
               'by', CASE WHEN o.state = 'deadletter' THEN session_user END)),
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
