-- Deletes up to $6 dead letters with their documents, the oldest first; returns how many. The
-- function runs as the schema's owner, so that operators can delete dead letters and no more.
-- $1 code, $2 stage, $3 tenant, $4 jobs, $5 failed before; each NULL for any; $6 limit
-- Locks: the jobs' rows; SKIP LOCKED.
-- Index: upload_jobs_deadletter, documents_pkey.
SELECT upload_pipeline.purge_dead_letters(
    $1::text, $2::text, $3::uuid, $4::uuid[], $5::timestamptz, $6::bigint);
