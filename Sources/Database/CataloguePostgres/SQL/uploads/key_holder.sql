-- The SHA-256 of the bytes that were sent with a tenant's idempotency key.
-- $1 tenant, $2 key
-- Locks: none.
-- Index: idempotency_keys_pkey.
SELECT file_sha256 FROM upload_pipeline.idempotency_keys WHERE user_id = $1::uuid AND key = $2;
