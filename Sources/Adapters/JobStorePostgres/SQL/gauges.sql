-- Jobs by stage and state.
-- Locks: none. Index-only over the table's pages; run every few seconds at most.
SELECT stage, state, count(*) FROM upload_pipeline.upload_jobs GROUP BY stage, state;
