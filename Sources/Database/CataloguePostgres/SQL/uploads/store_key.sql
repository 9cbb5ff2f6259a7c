-- Stores the idempotency key of an upload whose bytes the tenant already has.
-- $1 tenant, $2 key, $3 SHA-256
-- Locks: the key's row, if it is new.
-- Index: idempotency_keys_pkey.
INSERT INTO upload_pipeline.idempotency_keys (user_id, key, file_sha256)
VALUES ($1::uuid, $2, $3)
ON CONFLICT (user_id, key) DO NOTHING;
