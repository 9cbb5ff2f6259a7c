-- The ids of a list that do not belong to a job.
-- $1 job ids
-- Locks: none.
-- Index: upload_jobs_pkey.
SELECT id FROM unnest($1::uuid[]) AS id
WHERE NOT EXISTS (
    SELECT FROM upload_pipeline.upload_jobs WHERE job_id = id OFFSET 0);
