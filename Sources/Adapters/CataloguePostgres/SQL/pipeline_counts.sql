-- Jobs in each position.
SELECT stage, state, count(*) FROM upload_pipeline.upload_jobs GROUP BY 1, 2 ORDER BY 1, 2
