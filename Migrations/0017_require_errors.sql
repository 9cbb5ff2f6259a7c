-- A job that failed always has a described error.

-- The first form of this check accepted a missing error: its expression is NULL then, and a check
-- refuses only what is false. Rows that were written under it are not checked again.
ALTER TABLE upload_pipeline.upload_jobs
    DROP CONSTRAINT error_is_described,
    ADD CONSTRAINT error_is_described CHECK (
        state NOT IN ('retryable', 'deadletter')
        OR (last_error IS NOT NULL
            AND last_error ?& ARRAY['error_type', 'message', 'timestamp', 'retry_count'])) NOT VALID;
