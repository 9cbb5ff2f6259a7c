-- One role a program, with what the program's statements need and no more; none owns anything, so
-- none can change a table or switch its triggers off. A program's login is a member of its role
-- (docs/database-roles.md).
-- Roles belong to the server, not to the database: whichever database is migrated first makes
-- them, or an administrator did before where the migrating user may not.

DO $$
DECLARE
    program text;
BEGIN
    FOREACH program IN ARRAY ARRAY['ingest_api', 'parse_worker', 'chunk_worker', 'embed_worker',
                                   'flusher', 'reconciler', 'operator'] LOOP
        BEGIN
            IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'millrace_' || program) THEN
                EXECUTE format('CREATE ROLE %I NOLOGIN', 'millrace_' || program);
            END IF;
        EXCEPTION WHEN duplicate_object OR unique_violation THEN
            -- Another database of the server is migrated at the same time.
            NULL;
        END;
    END LOOP;
END $$;

REVOKE ALL ON SCHEMA upload_pipeline FROM PUBLIC;
REVOKE ALL ON ALL TABLES IN SCHEMA upload_pipeline FROM PUBLIC;
REVOKE ALL ON ALL SEQUENCES IN SCHEMA upload_pipeline FROM PUBLIC;
REVOKE ALL ON ALL FUNCTIONS IN SCHEMA upload_pipeline FROM PUBLIC;

-- What triggers write is written for their owner: no program writes events, derives a status, or
-- empties buffers beyond its own work.
ALTER FUNCTION upload_pipeline.record_new_jobs() SECURITY DEFINER;
ALTER FUNCTION upload_pipeline.record_transitions() SECURITY DEFINER;
ALTER FUNCTION upload_pipeline.clear_buffers_of_document() SECURITY DEFINER;

-- Deletes up to `most` dead letters with their documents, the oldest first, and returns how many;
-- everything given that is not NULL must fit. Their events stay, with one more that says so.
-- For its owner, so that an operator deletes what is dead and nothing else.
-- Locks: the jobs' rows, those locked by others skipped. Index: upload_jobs_deadletter.
CREATE FUNCTION upload_pipeline.purge_dead_letters(
    failure_code text, failed_stage text, one_job uuid, most bigint) RETURNS bigint
    LANGUAGE sql SECURITY DEFINER SET search_path = upload_pipeline, pg_catalog, pg_temp AS $$
    WITH chosen AS MATERIALIZED (
        SELECT j.job_id, j.document_id, j.stage, j.last_error, j.payload
        FROM upload_jobs j
        WHERE j.state = 'deadletter'
          AND (failure_code IS NULL OR j.last_error ->> 'error_type' = failure_code)
          AND (failed_stage IS NULL OR j.stage = failed_stage)
          AND (one_job IS NULL OR j.job_id = one_job)
        ORDER BY j.finished_at LIMIT most FOR UPDATE SKIP LOCKED
    ), told AS (
        INSERT INTO events (job_id, document_id, type, severity, code, payload, correlation_id)
        SELECT job_id, document_id, 'finalized', 'info', 'purged',
            jsonb_build_object('from_stage', stage, 'from_state', 'deadletter',
                'error', last_error, 'by', session_user), payload ->> 'correlation_id'
        FROM chosen
    ), gone AS (
        DELETE FROM documents d USING chosen
        WHERE d.document_id = chosen.document_id
        RETURNING d.document_id
    )
    SELECT count(*) FROM gone
$$;
REVOKE ALL ON FUNCTION upload_pipeline.purge_dead_letters(text, text, uuid, bigint) FROM PUBLIC;

GRANT USAGE ON SCHEMA upload_pipeline TO millrace_ingest_api, millrace_parse_worker,
    millrace_chunk_worker, millrace_embed_worker, millrace_flusher, millrace_reconciler,
    millrace_operator;
-- Computes upload_jobs.waiting_for for whoever writes a job.
GRANT EXECUTE ON FUNCTION upload_pipeline.waiting_queue(text, text) TO millrace_ingest_api,
    millrace_parse_worker, millrace_chunk_worker, millrace_embed_worker, millrace_flusher,
    millrace_reconciler, millrace_operator;

-- ingest-api: takes uploads, tells of them, searches, deletes. It moves no job: the one column of
-- a job that it may update lets it lock the job of a document that it deletes.
GRANT SELECT (document_id, user_id, filename, mime, bytes_len, file_sha256, raw_path, parsed_path,
        processing_status, created_at, updated_at),
    INSERT (document_id, user_id, filename, mime, bytes_len, file_sha256, raw_path),
    DELETE ON upload_pipeline.documents TO millrace_ingest_api;
GRANT SELECT (job_id, document_id, stage, state, retry_count, idempotency_key, last_error,
        started_at, finished_at, created_at, updated_at, attempt, run_at, generation,
        expected_chunks, waiting_for),
    INSERT (job_id, document_id, idempotency_key, payload, attempts_max),
    UPDATE (updated_at) ON upload_pipeline.upload_jobs TO millrace_ingest_api;
GRANT SELECT (event_id, job_id, ts, type, severity, code, payload, correlation_id)
    ON upload_pipeline.events TO millrace_ingest_api;
GRANT SELECT (document_id, generation)
    ON upload_pipeline.document_vector_buffer TO millrace_ingest_api;
GRANT SELECT ON upload_pipeline.document_chunks TO millrace_ingest_api;

-- What every worker does to a job: claim, keep, advance, complete, fail, give back.
GRANT SELECT (job_id, document_id, stage, state, retry_count, payload, started_at, claim_id,
        attempt, attempts_max, stage_deadline, run_at, generation, expected_chunks, waiting_for),
    UPDATE (stage, state, retry_count, last_error, claimed_by, claimed_at, started_at, finished_at,
        updated_at, claim_id, attempt, lease_until, stage_deadline, run_at, notify_at,
        notify_count)
    ON upload_pipeline.upload_jobs
    TO millrace_parse_worker, millrace_chunk_worker, millrace_embed_worker, millrace_flusher;
GRANT SELECT (document_id, user_id, filename, mime, bytes_len, file_sha256, parsed_sha256,
        raw_path, parsed_path)
    ON upload_pipeline.documents
    TO millrace_parse_worker, millrace_chunk_worker, millrace_embed_worker, millrace_flusher;

-- parse-worker
GRANT UPDATE (payload) ON upload_pipeline.upload_jobs TO millrace_parse_worker;
GRANT UPDATE (parsed_sha256, parsed_path, updated_at)
    ON upload_pipeline.documents TO millrace_parse_worker;

-- chunk-worker
GRANT UPDATE (expected_chunks) ON upload_pipeline.upload_jobs TO millrace_chunk_worker;
GRANT SELECT (document_id, generation), INSERT, DELETE
    ON upload_pipeline.document_chunk_buffer TO millrace_chunk_worker;
GRANT SELECT (document_id, generation), DELETE
    ON upload_pipeline.document_vector_buffer TO millrace_chunk_worker;

-- embed-worker
GRANT SELECT (embed_model, embed_version, embed_width),
    UPDATE (expected_chunks, embed_model, embed_version, embed_width)
    ON upload_pipeline.upload_jobs TO millrace_embed_worker;
GRANT SELECT (document_id, generation, chunk_ord, text, headings)
    ON upload_pipeline.document_chunk_buffer TO millrace_embed_worker;
GRANT SELECT (document_id, generation, chunk_ord), INSERT, DELETE
    ON upload_pipeline.document_vector_buffer TO millrace_embed_worker;

-- flusher
GRANT SELECT (embed_model, embed_version, embed_width)
    ON upload_pipeline.upload_jobs TO millrace_flusher;
GRANT SELECT, DELETE ON upload_pipeline.document_chunk_buffer,
    upload_pipeline.document_vector_buffer TO millrace_flusher;
GRANT SELECT (document_id, generation),
    INSERT (document_id, generation, chunk_ord, chunk_id, user_id, chunker_name, chunker_version,
        text, chunk_sha, tokens, utf8_start, utf8_end, headings, page_first, page_last,
        embed_model, embed_version, embed_width, embedding),
    DELETE ON upload_pipeline.document_chunks TO millrace_flusher;
-- It vacuums the buffers. Before PostgreSQL 17 only an owner may, and autovacuum does it alone.
DO $$
BEGIN
    IF current_setting('server_version_num')::integer >= 170000 THEN
        GRANT MAINTAIN ON upload_pipeline.document_chunk_buffer,
            upload_pipeline.document_vector_buffer TO millrace_flusher;
    END IF;
END $$;

-- reconciler: moves jobs, collects orphans, audits. It reads neither texts nor vectors.
GRANT SELECT, UPDATE (state, retry_count, last_error, claimed_by, claimed_at, finished_at,
        updated_at, claim_id, lease_until, stage_deadline, run_at, notify_at, notify_count)
    ON upload_pipeline.upload_jobs TO millrace_reconciler;
GRANT SELECT (document_id, raw_path, parsed_path)
    ON upload_pipeline.documents TO millrace_reconciler;
GRANT SELECT (event_id, job_id, payload) ON upload_pipeline.events TO millrace_reconciler;
GRANT SELECT (document_id, generation), DELETE
    ON upload_pipeline.document_chunk_buffer, upload_pipeline.document_vector_buffer
    TO millrace_reconciler;
GRANT SELECT (document_id, generation, chunk_ord)
    ON upload_pipeline.document_chunks TO millrace_reconciler;

-- operator: who uses the command line; audits the whole history, redrives and purges dead letters.
GRANT SELECT, UPDATE (state, retry_count, finished_at, updated_at, attempt, run_at, notify_at,
        notify_count) ON upload_pipeline.upload_jobs TO millrace_operator;
GRANT SELECT (document_id, filename) ON upload_pipeline.documents TO millrace_operator;
GRANT SELECT (event_id, job_id, code, payload) ON upload_pipeline.events TO millrace_operator;
GRANT SELECT (document_id, generation) ON upload_pipeline.document_chunk_buffer,
    upload_pipeline.document_vector_buffer TO millrace_operator;
GRANT SELECT (document_id, generation, chunk_ord, embed_model, embed_version)
    ON upload_pipeline.document_chunks TO millrace_operator;
GRANT EXECUTE ON FUNCTION upload_pipeline.purge_dead_letters(text, text, uuid, bigint)
    TO millrace_operator;
