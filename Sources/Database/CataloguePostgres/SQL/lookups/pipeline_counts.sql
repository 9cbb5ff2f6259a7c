-- Number of jobs per stage and state, in order.
-- Locks: none.
-- Index: upload_jobs_finished and the partial indexes of unfinished jobs.
SELECT stage, state, jobs FROM upload_pipeline.job_counts ORDER BY 1, 2;
