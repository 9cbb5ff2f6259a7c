-- Inserts the documents and jobs of a set of uploads; the trigger writes the events. Returns no row
-- for an upload whose bytes the tenant has or another upload of the set contains. Documents are
-- looked up first, because an insert would wait for a transaction that is changing the row, and
-- the whole set with it.
-- One array each: $1 documents, $2 tenants, $3 filenames, $4 mimes, $5 bytes, $6 SHA-256, $7 raw
-- paths, $8 jobs, $9 keys (empty for none), $10 correlation ids (same order); $11 maximum attempts
-- Locks: only the keys that it inserts, hashes in order.
-- Index: documents_user_id_file_sha256_key, idempotency_keys_pkey.
WITH upload AS (
    SELECT *
    FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::bigint[], $6::text[],
        $7::text[], $8::uuid[], $9::text[], $10::text[])
        AS u (document_id, user_id, filename, mime, bytes_len, file_sha256, raw_path, job_id, key,
            correlation_id)
), document AS (
    INSERT INTO upload_pipeline.documents
        (document_id, user_id, filename, mime, bytes_len, file_sha256, raw_path)
    SELECT document_id, user_id, filename, mime, bytes_len, file_sha256, raw_path
    FROM upload u
    WHERE NOT EXISTS (
        SELECT FROM upload_pipeline.documents d
        WHERE d.user_id = u.user_id AND d.file_sha256 = u.file_sha256)
    ORDER BY user_id, file_sha256
    ON CONFLICT (user_id, file_sha256) DO NOTHING
    RETURNING document_id
), stored_keys AS (
    -- A key that was sent with other bytes violates the primary key and fails the set.
    INSERT INTO upload_pipeline.idempotency_keys (user_id, key, file_sha256)
    SELECT user_id, key, file_sha256 FROM upload u JOIN document USING (document_id)
    WHERE key <> '' AND NOT EXISTS (
        SELECT FROM upload_pipeline.idempotency_keys k
        WHERE (k.user_id, k.key, k.file_sha256) = (u.user_id, u.key, u.file_sha256))
    ORDER BY user_id, key
)
INSERT INTO upload_pipeline.upload_jobs
    (job_id, document_id, user_id, idempotency_key, payload, attempts_max)
SELECT job_id, document_id, user_id, nullif(key, ''),
    jsonb_build_object('correlation_id', correlation_id), $11::bigint
FROM upload JOIN document USING (document_id)
RETURNING job_id;
