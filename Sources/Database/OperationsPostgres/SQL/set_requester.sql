-- Names the operator who requested this transaction, for the events that the triggers write.
-- $1 name
-- Locks: none.
-- Index: none.
SELECT set_config('millrace.requested_by', $1::text, true);
