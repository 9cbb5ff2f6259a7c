-- Deletes recorded webhook events that are too old to be accepted again.
-- Locks: the rows.
-- Index: parse_events_by_time.
DELETE FROM upload_pipeline.parse_events
WHERE received_at < statement_timestamp() - interval '3 days';
