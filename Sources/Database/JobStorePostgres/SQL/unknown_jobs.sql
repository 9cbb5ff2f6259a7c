-- Those of a set of ids that are no job's.
-- $1 job ids
-- Locks: none. Index: upload_jobs_pkey.
SELECT id FROM unnest($1::uuid[]) AS id
WHERE NOT EXISTS (
    SELECT FROM upload_pipeline.upload_jobs WHERE job_id = id OFFSET 0);
