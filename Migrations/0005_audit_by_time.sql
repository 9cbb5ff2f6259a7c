-- What the audit and the gauges need so that their cost follows the rate of work and not the age
-- of the installation.

-- The newest documents. Block ranges cost next to nothing to keep.
CREATE INDEX documents_by_time ON upload_pipeline.documents
    USING brin (created_at) WITH (autosummarize = on);
-- Without it, what came since the last vacuum is read as a whole.
ALTER INDEX upload_pipeline.events_by_time SET (autosummarize = on);

-- Jobs by stage and state. Ended jobs are counted in an index alone, and only the others looked
-- at: 1 M ended jobs are counted in a tenth of the time of a GROUP BY.
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
GRANT SELECT ON upload_pipeline.job_counts TO millrace_ingest_api, millrace_reconciler;

-- Reconciler and operator run the same audit.
GRANT SELECT (created_at) ON upload_pipeline.documents TO millrace_reconciler, millrace_operator;
GRANT SELECT (ts, document_id, code) ON upload_pipeline.events
    TO millrace_reconciler, millrace_operator;
GRANT SELECT (document_id, generation, chunk_ord, embed_model, embed_version)
    ON upload_pipeline.document_chunks TO millrace_reconciler;
