-- Claims take turns between tenants.

-- The tenant of a job, copied from its document, whose tenant never changes.
ALTER TABLE upload_pipeline.upload_jobs ADD COLUMN user_id uuid;
UPDATE upload_pipeline.upload_jobs j SET user_id = d.user_id
    FROM upload_pipeline.documents d WHERE d.document_id = j.document_id;
ALTER TABLE upload_pipeline.upload_jobs ALTER COLUMN user_id SET NOT NULL;
COMMENT ON COLUMN upload_pipeline.upload_jobs.user_id IS
    'the tenant, copied from the document so that claims by tenant touch one table';

-- Fills in the tenant of a job that is inserted without one.
CREATE FUNCTION upload_pipeline.copy_tenant() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = upload_pipeline, pg_catalog, pg_temp AS $$
BEGIN
    SELECT user_id INTO NEW.user_id FROM documents WHERE document_id = NEW.document_id;
    RETURN NEW;
END $$;
REVOKE ALL ON FUNCTION upload_pipeline.copy_tenant() FROM PUBLIC;
CREATE TRIGGER copy_tenant BEFORE INSERT ON upload_pipeline.upload_jobs
    FOR EACH ROW WHEN (NEW.user_id IS NULL) EXECUTE FUNCTION upload_pipeline.copy_tenant();

-- Claims by turns: the oldest jobs of each tenant that waits on a queue.
CREATE INDEX upload_jobs_turns ON upload_pipeline.upload_jobs (waiting_for, user_id, run_at)
    WHERE waiting_for IS NOT NULL;

-- Tenants with jobs that wait on a queue, each once, in the order of their ids: first those above
-- `last`, then the others. Each costs one look into upload_jobs_turns, and only those that the caller
-- fetches are looked for.
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
REVOKE ALL ON FUNCTION upload_pipeline.waiting_tenants(text, uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION upload_pipeline.waiting_tenants(text, uuid) TO millrace_parse_worker,
    millrace_chunk_worker, millrace_embed_worker, millrace_flusher;

GRANT INSERT (user_id) ON upload_pipeline.upload_jobs TO millrace_ingest_api;
GRANT SELECT (user_id) ON upload_pipeline.upload_jobs TO millrace_parse_worker,
    millrace_chunk_worker, millrace_embed_worker, millrace_flusher;
