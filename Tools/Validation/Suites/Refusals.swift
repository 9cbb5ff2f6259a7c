import Domain
import JobModel
import Postgres
import TestCluster

/// Checks what the database refuses, regardless of the writer.
@MainActor
struct Refusals {
    let database: TrialDatabase

    func check(_ checks: Checks) async throws {
        checks.done = """
            Tried by plain SQL as the owner: each of the 45 × 45 transitions on a real row, each \
            of the 45 pairs, unknown stages and states, incomplete rows, vectors of other \
            widths.
            """
        checks.expected =
            "The allowed ones are accepted; all others violate a constraint or a type."
        try await moves(checks)
        try await pairs(checks)
        for (what, sql, code) in Self.statements {
            checks.equal(what, await sqlState(of: sql), code)
        }
        checks.equal(
            "rows created by refused statements",
            try await database.count("upload_pipeline.document_vector_buffer"), 0)
    }

    private func moves(_ checks: Checks) async throws {
        try await database.execute(TransitionAttempts.function)
        let accepted = Set(try await database.texts(TransitionAttempts.query))
        var legal: Set<String> = []
        for from in Position.all {
            for to in Position.all where Transition(from: from, to: to) != nil {
                legal.insert("\(from) \(to)")
            }
        }
        checks.equal("allowed transitions refused", legal.subtracting(accepted).sorted(), [])
        checks.equal("forbidden transitions accepted", accepted.subtracting(legal).sorted(), [])
        checks.note("allowed transitions", "\(legal.count)")
        checks.note("forbidden transitions refused", "\(45 * 44 - accepted.count)")
    }

    private func pairs(_ checks: Checks) async throws {
        var (accepted, wrong) = (0, [String]())
        for position in Position.all {
            let state = await sqlState(of: Self.insert(position.stage.rawValue, position.state))
            if state == Self.accepted { accepted += 1 }
            if (state == Self.accepted) != position.isLegal {
                wrong.append("\(position): \(state)")
            }
        }
        checks.equal("pairs accepted", accepted, 32)
        checks.equal("pairs that differ from the rules", wrong, [])
    }

    /// SQL that inserts a document with a job at a position, and all that the position requires.
    private static func insert(_ stage: String, _ state: JobState) -> String {
        insert(
            stage, state.rawValue,
            isEnded: state == .deadletter
                || (stage == "embedded" && state == .done))
    }

    private static func insert(
        _ stage: String, _ state: String, isEnded: Bool = false, error: String = error,
        claim: Bool = true
    ) -> String {
        let isClaimed = state == "working" && claim
        return """
            WITH d AS (
                INSERT INTO upload_pipeline.documents (user_id, filename, mime, bytes_len,
                    file_sha256, raw_path)
                VALUES (gen_random_uuid(), 'a.md', 'text/markdown', 1, repeat('a', 64),
                    'storage://a') RETURNING document_id, user_id)
            INSERT INTO upload_pipeline.upload_jobs (document_id, user_id, stage, state,
                last_error, finished_at, expected_chunks, claim_id, claimed_by, lease_until)
            SELECT document_id, user_id, '\(stage)', '\(state)', \(error),
                \(isEnded ? "now()" : "NULL"), 1,
                \(isClaimed ? "gen_random_uuid(), 'w', now()" : "NULL, NULL, NULL") FROM d
            """
    }

    private static let error = """
        '{"error_type":"x","message":"y","timestamp":"z","retry_count":1}'::jsonb
        """

    private static let accepted = "accepted"
    private static let check = "23514"
    /// What is refused, by SQLSTATE: 23514 a CHECK, 22000 pgvector's width, 23503 a foreign key.
    private static let statements: [(String, String, String)] = [
        ("unknown stage", insert("indexing", "queued"), check),
        ("unknown state", insert("queued", "paused"), check),
        ("working without a claim", insert("parsing", "working", claim: false), check),
        (
            "error without retry_count",
            insert(
                "parsing", "retryable",
                error: #"'{"error_type":"x","message":"y","timestamp":"z"}'::jsonb"#), check
        ),
        ("retryable without an error", insert("parsing", "retryable", error: "NULL"), check),
        ("embedded/done without a finish time", insert("embedded", "done"), check),
        ("buffered vector of 1,535 numbers", vector(1535), "22000"),
        ("buffered vector of 1,537 numbers", vector(1537), "22000"),
        ("chunk of vector_dim 1,535", chunk(dimension: 1535, document: "d.document_id"), check),
        (
            "chunk without a document", chunk(dimension: 1536, document: "gen_random_uuid()"),
            "23503"
        ),
        (
            "event of an unknown type",
            """
            INSERT INTO upload_pipeline.events (job_id, document_id, type, severity, code)
            VALUES (gen_random_uuid(), gen_random_uuid(), 'started', 'info', 'x')
            """, check
        ),
        (
            "event of an unknown severity",
            """
            INSERT INTO upload_pipeline.events (job_id, document_id, type, severity, code)
            VALUES (gen_random_uuid(), gen_random_uuid(), 'error', 'fatal', 'x')
            """, check
        ),
    ]

    private static func vector(_ width: Int) -> String {
        """
        INSERT INTO upload_pipeline.document_vector_buffer
            (document_id, generation, chunk_ord, embedding)
        VALUES (gen_random_uuid(), 1, 0, array_fill(0.5, ARRAY[\(width)])::vector)
        """
    }

    private static func chunk(dimension: Int, document: String) -> String {
        """
        WITH d AS (
            INSERT INTO upload_pipeline.documents (user_id, filename, mime, bytes_len, file_sha256,
                raw_path)
            VALUES (gen_random_uuid(), 'a.md', 'text/markdown', 1, repeat('b', 64), 'storage://b')
            RETURNING document_id)
        INSERT INTO upload_pipeline.document_chunks (document_id, generation, chunk_ord, chunk_id,
            user_id, chunker_name, chunker_version, text, chunk_sha, tokens, utf8_start, utf8_end,
            headings, embed_model, embed_version, embed_width, vector_dim, embedding)
        SELECT \(document), 1, 0, gen_random_uuid(), gen_random_uuid(), 'c', '1', 'text', 'sha', 1,
            0, 1, '{}', 'm', '1', 1536, \(dimension), array_fill(0.5, ARRAY[1536])::vector FROM d
        """
    }

    /// The SQLSTATE with which the server refuses a statement, or `accepted`.
    private func sqlState(of sql: String) async -> String {
        do {
            try await database.execute(sql)
            return Self.accepted
        } catch {
            return (error as? PostgresError)?.sqlState ?? "\(error)"
        }
    }
}
