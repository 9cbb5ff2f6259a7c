-- Records a webhook event of a parsing service. No row: the event was already recorded.
-- $1 event id, $2 remote job, $3 event
-- Locks: the row.
-- Index: parse_events_pkey.
INSERT INTO upload_pipeline.parse_events (event_id, remote_job, event)
VALUES ($1, $2, $3)
ON CONFLICT (event_id) DO NOTHING
RETURNING event_id;
