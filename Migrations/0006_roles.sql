-- One role per program, with the privileges that its statements need and no others. No role owns
-- anything, so none can change a table or disable its triggers. A program's login is a member of
-- its role (docs/reference/database-roles.md).
-- Functions with SECURITY DEFINER run as the owner: no program writes events, derives a status or
-- deletes other rows of a document itself. The columns that apply_transition sets need no grant.

-- Roles belong to the server, not to the database. The first database that is migrated creates
-- them, unless an administrator has, because the migrating user may not create roles.
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
            -- Another database of the server is being migrated at the same time.
            NULL;
        END;
    END LOOP;
END $$;

REVOKE ALL ON SCHEMA upload_pipeline FROM PUBLIC;
REVOKE ALL ON ALL TABLES IN SCHEMA upload_pipeline FROM PUBLIC;
REVOKE ALL ON ALL SEQUENCES IN SCHEMA upload_pipeline FROM PUBLIC;
REVOKE ALL ON ALL FUNCTIONS IN SCHEMA upload_pipeline FROM PUBLIC;

-- All programs. `waiting_queue` computes upload_jobs.waiting_for when a job is written.
GRANT USAGE ON SCHEMA upload_pipeline TO millrace_ingest_api, millrace_parse_worker,
    millrace_chunk_worker, millrace_embed_worker, millrace_flusher, millrace_reconciler,
    millrace_operator;
GRANT EXECUTE ON FUNCTION upload_pipeline.waiting_queue(text, text) TO millrace_ingest_api,
    millrace_parse_worker, millrace_chunk_worker, millrace_embed_worker, millrace_flusher,
    millrace_reconciler, millrace_operator;

-- ingest-api: accepts uploads, reports their status, searches, deletes documents. It moves no job.
-- The one column of a job that it may update lets it lock the job of a document that it deletes.
GRANT SELECT (document_id, user_id, filename, mime, bytes_len, file_sha256, raw_path, parsed_path,
        processing_status, created_at, updated_at),
    INSERT (document_id, user_id, filename, mime, bytes_len, file_sha256, raw_path),
    DELETE ON upload_pipeline.documents TO millrace_ingest_api;
GRANT SELECT (job_id, document_id, stage, state, retry_count, last_error, started_at, finished_at,
        created_at, updated_at, attempt, run_at, generation, expected_chunks, waiting_for),
    INSERT (job_id, document_id, user_id, idempotency_key, payload, attempts_max),
    UPDATE (updated_at) ON upload_pipeline.upload_jobs TO millrace_ingest_api;
GRANT SELECT (user_id, key, file_sha256), INSERT (user_id, key, file_sha256)
    ON upload_pipeline.idempotency_keys TO millrace_ingest_api;
GRANT SELECT (event_id, job_id, ts, type, severity, code, payload, correlation_id)
    ON upload_pipeline.events TO millrace_ingest_api;
GRANT SELECT (document_id, generation)
    ON upload_pipeline.document_vector_buffer TO millrace_ingest_api;
GRANT SELECT ON upload_pipeline.job_counts, upload_pipeline.document_chunks,
    upload_pipeline.embedding_spaces, upload_pipeline.chunk_sketches, upload_pipeline.sketch_cells
    TO millrace_ingest_api;
GRANT INSERT, SELECT (event_id) ON upload_pipeline.parse_events TO millrace_ingest_api;

-- All workers: claim jobs, extend, advance, complete, fail and release their claims.
GRANT EXECUTE ON FUNCTION upload_pipeline.waiting_tenants(text, uuid),
    upload_pipeline.claimed_stage(text, text)
    TO millrace_parse_worker, millrace_chunk_worker, millrace_embed_worker, millrace_flusher;
GRANT SELECT (job_id, document_id, stage, state, retry_count, payload, started_at, claim_id,
        attempt, attempts_max, stage_deadline, run_at, generation, expected_chunks, waiting_for,
        user_id),
    UPDATE (stage, state, retry_count, last_error, claimed_by, claimed_at, started_at, updated_at,
        claim_id, attempt, lease_until, stage_deadline, run_at, worker_session)
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
GRANT SELECT (remote_job) ON upload_pipeline.parse_events TO millrace_parse_worker;

-- chunk-worker
GRANT UPDATE (expected_chunks) ON upload_pipeline.upload_jobs TO millrace_chunk_worker;
GRANT SELECT (document_id, generation), INSERT, DELETE
    ON upload_pipeline.document_chunk_buffer TO millrace_chunk_worker;
GRANT SELECT (document_id, generation), DELETE
    ON upload_pipeline.document_vector_buffer TO millrace_chunk_worker;

-- embed-worker. It reads the embedding spaces, because an INSERT that is tried again and again
-- would use up their ids.
GRANT SELECT (embed_model, embed_version, embed_width),
    UPDATE (expected_chunks, embed_model, embed_version, embed_width)
    ON upload_pipeline.upload_jobs TO millrace_embed_worker;
GRANT SELECT (document_id, generation, chunk_ord, text, headings)
    ON upload_pipeline.document_chunk_buffer TO millrace_embed_worker;
GRANT SELECT (document_id, generation, chunk_ord), INSERT, DELETE
    ON upload_pipeline.document_vector_buffer TO millrace_embed_worker;
GRANT SELECT, INSERT (model, version)
    ON upload_pipeline.embedding_spaces TO millrace_embed_worker;

-- flusher
GRANT SELECT (embed_model, embed_version, embed_width)
    ON upload_pipeline.upload_jobs TO millrace_flusher;
GRANT SELECT, DELETE ON upload_pipeline.document_chunk_buffer,
    upload_pipeline.document_vector_buffer TO millrace_flusher;
GRANT SELECT (document_id, generation, chunk_ord, embedding),
    INSERT (document_id, generation, chunk_ord, chunk_id, user_id, chunker_name, chunker_version,
        text, chunk_sha, tokens, utf8_start, utf8_end, headings, page_first, page_last,
        embed_model, embed_version, embed_width, embedding),
    DELETE ON upload_pipeline.document_chunks TO millrace_flusher;
GRANT SELECT ON upload_pipeline.embedding_spaces TO millrace_flusher;
GRANT SELECT, INSERT (document_id, generation, chunk_ord, user_id, space_id, sketch),
    UPDATE (cell, sketch), DELETE ON upload_pipeline.chunk_sketches TO millrace_flusher;
GRANT SELECT, INSERT (user_id, space_id, centroid, members), UPDATE (members), DELETE
    ON upload_pipeline.sketch_cells TO millrace_flusher;
-- It vacuums the buffers. Before PostgreSQL 17 only an owner may, and autovacuum does it alone.
DO $$
BEGIN
    IF current_setting('server_version_num')::integer >= 170000 THEN
        GRANT MAINTAIN ON upload_pipeline.document_chunk_buffer,
            upload_pipeline.document_vector_buffer TO millrace_flusher;
    END IF;
END $$;

-- Failures are described, and blobs deleted, by more than one program.
GRANT EXECUTE ON FUNCTION upload_pipeline.described_error(text, text, integer)
    TO millrace_parse_worker, millrace_chunk_worker, millrace_embed_worker, millrace_flusher,
    millrace_reconciler;
GRANT EXECUTE ON FUNCTION upload_pipeline.blobs_are_held()
    TO millrace_ingest_api, millrace_reconciler;

-- The words of a chunk: the flusher indexes them, the ingest-api searches them.
GRANT EXECUTE ON FUNCTION upload_pipeline.without_long_words(tsvector),
    upload_pipeline.chunk_words(text) TO millrace_ingest_api, millrace_flusher;

-- Programs that call providers record their calls, read the daily spending for their budgets, and
-- report the providers' health.
GRANT SELECT (call_id, part, ts, operation, user_id, units, tokens, milliseconds, request_id),
    INSERT (call_id, part, operation, provider, model, user_id, document_id, job_id, units, bytes),
    UPDATE (units, tokens, milliseconds, outcome, request_id)
    ON upload_pipeline.provider_calls
    TO millrace_embed_worker, millrace_ingest_api, millrace_parse_worker;
GRANT INSERT, SELECT, UPDATE (health, reason, reopens_at, updated_at)
    ON upload_pipeline.provider_states
    TO millrace_embed_worker, millrace_ingest_api, millrace_parse_worker;

-- reconciler: moves jobs, deletes orphans and expired rows. It reads neither texts nor vectors.
GRANT UPDATE (state, retry_count, last_error, run_at, hint_at, hint_count, interruptions)
    ON upload_pipeline.upload_jobs TO millrace_reconciler;
GRANT EXECUTE ON FUNCTION upload_pipeline.retry_delay(smallint, double precision, double precision)
    TO millrace_reconciler;
GRANT SELECT (raw_path, parsed_path) ON upload_pipeline.documents TO millrace_reconciler;
GRANT DELETE ON upload_pipeline.document_chunk_buffer, upload_pipeline.document_vector_buffer
    TO millrace_reconciler;
GRANT SELECT ON upload_pipeline.job_counts TO millrace_reconciler;
GRANT SELECT (created_at), DELETE ON upload_pipeline.idempotency_keys TO millrace_reconciler;
GRANT SELECT (updated_at), DELETE ON upload_pipeline.provider_states TO millrace_reconciler;
GRANT SELECT (received_at), DELETE ON upload_pipeline.parse_events TO millrace_reconciler;

-- operator: the second login of the ingest-api, for /v1/operations. It reads the state of the
-- pipeline and its spending, redrives and purges dead letters, and looks up the blobs of documents.
GRANT UPDATE (state) ON upload_pipeline.upload_jobs TO millrace_operator;
GRANT SELECT (user_id, filename, mime, bytes_len, raw_path, parsed_path)
    ON upload_pipeline.documents TO millrace_operator;
GRANT SELECT (type, severity, correlation_id) ON upload_pipeline.events TO millrace_operator;
GRANT SELECT ON upload_pipeline.provider_calls, upload_pipeline.job_counts TO millrace_operator;
GRANT SELECT (provider, health, reason, reopens_at, updated_at)
    ON upload_pipeline.provider_states TO millrace_operator;
GRANT EXECUTE ON FUNCTION
    upload_pipeline.purge_dead_letters(text, text, uuid, uuid[], timestamptz, bigint)
    TO millrace_operator;

-- The audit, which both run.
GRANT SELECT ON upload_pipeline.upload_jobs TO millrace_reconciler, millrace_operator;
GRANT SELECT (document_id, created_at) ON upload_pipeline.documents
    TO millrace_reconciler, millrace_operator;
GRANT SELECT (event_id, job_id, document_id, ts, code, payload) ON upload_pipeline.events
    TO millrace_reconciler, millrace_operator;
GRANT SELECT (document_id, generation, chunk_ord) ON upload_pipeline.document_chunk_buffer,
    upload_pipeline.document_vector_buffer TO millrace_reconciler, millrace_operator;
GRANT SELECT (document_id, generation, chunk_ord, embed_model, embed_version)
    ON upload_pipeline.document_chunks TO millrace_reconciler, millrace_operator;
GRANT SELECT (document_id, generation, user_id, space_id, cell)
    ON upload_pipeline.chunk_sketches TO millrace_reconciler, millrace_operator;
GRANT SELECT (user_id, space_id, cell)
    ON upload_pipeline.sketch_cells TO millrace_reconciler, millrace_operator;
