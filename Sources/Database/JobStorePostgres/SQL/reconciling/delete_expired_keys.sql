-- Deletes idempotency keys that are older than a day.
-- Locks: the rows.
-- Index: idempotency_keys_by_time.
DELETE FROM upload_pipeline.idempotency_keys
WHERE created_at < statement_timestamp() - interval '1 day';
