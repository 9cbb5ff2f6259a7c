-- A page of dead letters with their documents, the newest first.
-- $1 code, $2 stage, $3 tenant, $4 jobs, $5 failed before; each NULL for any;
-- $6 and $7 failure time and job of the previous page's last row, NULL for the first page; $8 limit
-- Locks: none.
-- Index: upload_jobs_deadletter, documents_pkey.
SELECT j.job_id, j.document_id, d.user_id, d.filename, d.mime, d.bytes_len, j.stage, j.attempt,
       j.attempts_max, j.last_error ->> 'error_type', j.last_error ->> 'message', d.created_at,
       j.finished_at
FROM upload_pipeline.upload_jobs j JOIN upload_pipeline.documents d USING (document_id)
WHERE j.state = 'deadletter'
  AND ($1::text IS NULL OR j.last_error ->> 'error_type' = $1)
  AND ($2::text IS NULL OR j.stage = $2)
  AND ($3::uuid IS NULL OR j.user_id = $3)
  AND ($4::uuid[] IS NULL OR j.job_id = ANY ($4))
  AND ($5::timestamptz IS NULL OR j.finished_at < $5)
  AND j.finished_at <= coalesce($6::timestamptz, 'infinity')
  AND ($6::timestamptz IS NULL OR (j.finished_at, j.job_id) < ($6::timestamptz, $7::uuid))
ORDER BY j.finished_at DESC, j.job_id DESC LIMIT $8::bigint;
