-- Number of jobs per stage and state.
SELECT stage, state, jobs FROM upload_pipeline.job_counts ORDER BY 1, 2
