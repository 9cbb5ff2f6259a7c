-- The next tenant with words to count, in the order of ids.
-- $1 previous tenant, NULL for the first
-- Locks: none.
-- Index: word_changes_of_tenant.
SELECT user_id FROM upload_pipeline.word_changes
WHERE user_id > coalesce($1::uuid, '00000000-0000-0000-0000-000000000000')
ORDER BY user_id
LIMIT 1;
