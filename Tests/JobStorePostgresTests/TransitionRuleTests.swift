import Domain
import Postgres
import TestSupport
import Testing

@Suite struct TransitionRuleTests {
    @Test func `the database and the model agree on all 45 × 45 moves`() async throws {
        try await TestDatabase.lend { database in
            let legal = Set(
                try await database.texts(
                    """
                    WITH positions AS (
                        SELECT stage, state FROM
                        unnest(ARRAY['queued','job_validated','parsing','parsed',
                            'parse_validated','chunking','chunks_buffered','embedding',
                            'embedded']) AS stage,
                        unnest(ARRAY['queued','working','retryable','done','deadletter']) AS state)
                    SELECT f.stage || '/' || f.state || ' ' || t.stage || '/' || t.state
                    FROM positions f, positions t
                    WHERE upload_pipeline.is_legal_transition(f.stage, f.state, t.stage, t.state)
                    """))
            #expect(legal == Self.moves { Transition(from: $0, to: $1) != nil })
        }
    }

    /// The CHECK and the trigger stand for themselves: each is tried alone as well.
    @Test(arguments: [
        ("both", "SELECT"),
        ("the trigger", "ALTER TABLE upload_pipeline.upload_jobs DROP CONSTRAINT legal_position"),
        (
            "the CHECK",
            "ALTER TABLE upload_pipeline.upload_jobs DISABLE TRIGGER record_transitions"
        ),
    ])
    func `the table refuses every illegal move, of all 45 × 45`(
        guardian: String, preparation: String
    ) async throws {
        try await TestDatabase.lend { database in
            try await database.script(Self.attempts)
            try await database.script(preparation)
            let accepted = try await database.texts("SELECT attempt_all_moves()")
            #expect(accepted.count == Set(accepted).count)
            let expected = Self.moves { from, to in
                guardian == "the CHECK"
                    ? from.isLegal && to.isLegal : Transition(from: from, to: to) != nil
            }
            #expect(Set(accepted) == expected)
        }
    }

    private static func moves(where isLegal: (Position, Position) -> Bool) -> Set<String> {
        var moves: Set<String> = []
        for from in Position.all {
            for to in Position.all where from != to && isLegal(from, to) {
                moves.insert("\(from) \(to)")
            }
        }
        return moves
    }

    /// Puts a row into each of the 45 positions and tries to move it to each other one; returns
    /// what succeeded. Each attempt is undone. Claim, error, end and count always fit the
    /// position, so that nothing but the position and the move is left to refuse.
    private static let attempts = """
        CREATE FUNCTION attempt_all_moves() RETURNS SETOF text LANGUAGE plpgsql AS $$
        DECLARE
            origin record;
            target record;
            document uuid;
            accepted text[] := '{}';
        BEGIN
            CREATE TEMPORARY TABLE positions AS
                SELECT stage, state, CASE WHEN state = 'working' THEN gen_random_uuid() END AS claim,
                    CASE WHEN state = 'working' THEN now() END AS lease,
                    CASE WHEN state = 'deadletter' OR stage = 'embedded' AND state = 'done'
                        THEN now() END AS finished,
                    '{"error_type":"x","message":"y","timestamp":"z","retry_count":1}'::jsonb AS error
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
                            last_error)
                        VALUES (document, origin.stage, origin.state, origin.claim,
                            origin.claim::text, origin.lease, origin.finished, 1, origin.error);
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

    @Test func `the database and the model agree on who waits for which queue`() async throws {
        try await TestDatabase.lend { database in
            for position in Position.all where position.isLegal {
                let queue = try await database.texts(
                    "SELECT coalesce(upload_pipeline.waiting_queue("
                        + "'\(position.stage.rawValue)', '\(position.state.rawValue)'), '')")
                #expect(queue == [WorkQueue(waitingAt: position)?.rawValue ?? ""], "\(position)")
            }
        }
    }

    @Test func `an illegal position is refused`() async throws {
        try await TestDatabase.lend { database in
            for position in Position.all where !position.isLegal {
                await #expect(throws: PostgresError.self, "\(position)") {
                    _ = try await database.seedJob(position)
                }
            }
        }
    }

    @Test func `an illegal move is refused and leaves the row as it was`() async throws {
        try await TestDatabase.lend { database in
            let job = try await database.seedJob()
            let error = await #expect(throws: PostgresError.self) {
                try await database.script(
                    "UPDATE upload_pipeline.upload_jobs SET stage = 'chunks_buffered', "
                        + "state = 'done'")
            }
            #expect(error?.constraint == "legal_transition")
            #expect(try await database.position(job) == "queued/queued")
        }
    }
}
