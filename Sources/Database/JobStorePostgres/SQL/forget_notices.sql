-- Forgets events that no webhook would take any more: they are older than what it accepts.
-- Locks: the rows. Index: parse_notices_by_time.
DELETE FROM upload_pipeline.parse_notices
WHERE received_at < statement_timestamp() - interval '3 days';
