-- R1 looks at the jobs that have waited longest on a queue, along upload_jobs_waiting.
DROP INDEX upload_pipeline.upload_jobs_notify;
