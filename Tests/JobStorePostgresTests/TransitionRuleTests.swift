import Domain
import JobModel
import Postgres
import TestCluster
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(5))) struct TransitionRuleTests {
    @Test func `the database and the model agree on all 45 × 45 transitions`() async throws {
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

    /// The CHECK and the trigger are tested together and each on its own.
    @Test(arguments: [
        ("both", "SELECT"),
        ("the trigger", "ALTER TABLE upload_pipeline.upload_jobs DROP CONSTRAINT legal_position"),
        (
            "the CHECK",
            "ALTER TABLE upload_pipeline.upload_jobs DISABLE TRIGGER record_transitions"
        ),
    ])
    func `the table refuses every illegal transition of all 45 × 45`(
        guardian: String, preparation: String
    ) async throws {
        try await TestDatabase.lend { database in
            try await database.script(TransitionAttempts.function)
            try await database.script(preparation)
            let accepted = try await database.texts(TransitionAttempts.query)
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

    @Test func `the database and the model agree on the queue for each position`() async throws {
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

    @Test func `an illegal transition is refused and leaves the row unchanged`() async throws {
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
