/// Tries every move between two of the 45 positions on a real row of the database.
package enum TransitionAttempts {
    /// The moves that the database accepted, as in `queued/queued queued/working`.
    package static let query = "SELECT attempt_all_transitions()"

    /// Inserts a row at each of the 45 positions, tries to move it to each other one, and returns
    /// the moves that succeed. Each attempt is rolled back. Claim, attempt, error, end and count
    /// always fit the position, so that only the position or the move can be refused.
    package static let function = """
        CREATE FUNCTION attempt_all_transitions() RETURNS SETOF text LANGUAGE plpgsql AS $$
        DECLARE
            origin record;
            target record;
            document uuid;
            accepted text[] := '{}';
        BEGIN
            CREATE TEMPORARY TABLE positions AS
                SELECT stage, state,
                    CASE WHEN state = 'working' THEN gen_random_uuid() END AS claim,
                    CASE WHEN state = 'working' THEN now() END AS lease,
                    CASE WHEN state = 'deadletter' OR stage = 'embedded' AND state = 'done'
                        THEN now() END AS finished,
                    '{"error_type":"x","message":"y","timestamp":"z","retry_count":1}'::jsonb
                        AS error
                FROM unnest(ARRAY['queued','job_validated','parsing','parsed','parse_validated',
                    'chunking','chunks_buffered','embedding','embedded']) AS stage,
                    unnest(ARRAY['queued','working','retryable','done','deadletter']) AS state;
            INSERT INTO upload_pipeline.documents
                (user_id, filename, mime, bytes_len, file_sha256, raw_path)
            VALUES (gen_random_uuid(), 'a.txt', 'text/plain', 3, repeat('a', 64),
                'storage://raw/u/d.txt') RETURNING document_id INTO document;
            FOR origin IN SELECT * FROM positions LOOP
                FOR target IN SELECT * FROM positions
                    WHERE (stage, state) <> (origin.stage, origin.state) LOOP
                    BEGIN
                        INSERT INTO upload_pipeline.upload_jobs (document_id, stage, state,
                            claim_id, claimed_by, lease_until, finished_at, expected_chunks,
                            last_error, attempt)
                        VALUES (document, origin.stage, origin.state, origin.claim,
                            origin.claim::text, origin.lease, origin.finished, 1, origin.error, 1);
                        UPDATE upload_pipeline.upload_jobs
                        SET stage = target.stage, state = target.state, claim_id = target.claim,
                            claimed_by = target.claim::text, lease_until = target.lease,
                            finished_at = target.finished;
                        RAISE EXCEPTION SQLSTATE 'MR000';
                    EXCEPTION
                        WHEN SQLSTATE 'MR000' THEN
                            accepted := accepted || (origin.stage || '/' || origin.state || ' '
                                || target.stage || '/' || target.state);
                        WHEN check_violation THEN
                            NULL;
                    END;
                END LOOP;
            END LOOP;
            RETURN QUERY SELECT unnest(accepted);
        END $$;
        """
}
