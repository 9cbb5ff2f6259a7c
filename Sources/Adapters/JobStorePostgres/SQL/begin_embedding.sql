-- Reads and locks the vector spaces of claimed jobs; returns those whose claims hold.
-- $1 job ids, $2 claim ids (same order)
-- Locks: the rows of the jobs, in key order. Index: upload_jobs_pkey.
SELECT j.job_id, j.embed_model, j.embed_version, j.embed_width
FROM upload_pipeline.upload_jobs j
JOIN unnest($1::uuid[], $2::uuid[]) AS claim (job_id, claim_id)
  ON j.job_id = claim.job_id AND j.claim_id = claim.claim_id
WHERE j.state = 'working'
ORDER BY j.job_id
FOR UPDATE OF j;
