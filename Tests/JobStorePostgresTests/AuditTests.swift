import Domain
import JobStorePostgres
import Operating
import OperationsPostgres
import Postgres
import TestSupport
import Testing

/// The audit on a real database. It reports nothing for a sound history and finds every breach.
@Suite(.timeLimit(.minutes(5))) struct AuditTests {
    @Test func `the audit finds no breach for an embedded document`() async throws {
        try await withHistory { pool in
            let found = try await breaches(pool)
            #expect(found == [])
        }
    }

    @Test(
        arguments: [
            ("DELETE FROM upload_pipeline.upload_jobs", [1, 9]),
            (
                "UPDATE upload_pipeline.document_chunks SET chunk_ord = 7 WHERE chunk_ord = 1",
                [3]
            ),
            ("DELETE FROM upload_pipeline.document_chunks WHERE chunk_ord = 0", [3, 9]),
            (
                """
                INSERT INTO upload_pipeline.events
                    (job_id, document_id, type, severity, code, payload)
                SELECT job_id, document_id, 'stage_done', 'info', 'parsing', payload ||
                    '{"from_stage": "embedded", "from_state": "done", "to_stage": "parsing"}'
                FROM upload_pipeline.events WHERE code = 'embedded' AND type = 'finalized'
                """, [4, 5, 6, 8]
            ),
            ("DELETE FROM upload_pipeline.events WHERE type = 'finalized'", [6]),
            (
                """
                INSERT INTO upload_pipeline.document_vector_buffer
                SELECT document_id, generation, chunk_ord, embedding
                FROM upload_pipeline.document_chunks
                """, [7]
            ),
            (
                "UPDATE upload_pipeline.document_chunks SET generation = 2 WHERE chunk_ord = 1",
                [3, 9]
            ),
            ("UPDATE upload_pipeline.document_chunks SET embed_model = 'other'", [9]),
            ("DELETE FROM upload_pipeline.chunk_sketches WHERE chunk_ord = 1", [9]),
            ("DELETE FROM upload_pipeline.chunk_words WHERE chunk_ord = 1", [9]),
            ("UPDATE upload_pipeline.chunk_sketches SET cell = 7 WHERE chunk_ord = 1", [9]),
        ] as [(String, [Int])])
    func `the audit reports the invariants that each kind of damage breaks`(
        damage: String, invariants: [Int]
    ) async throws {
        try await withHistory { pool in
            _ = try await pool.query(PostgresStatement(damage))
            #expect(try await breaches(pool) == invariants)
        }
    }

    @Test func `the audit covers the first and last document and lists at most 100 breaches`()
        async throws
    {
        try await TestDatabase.lend { database in
            try await database.script(
                """
                INSERT INTO upload_pipeline.documents
                    (user_id, filename, mime, bytes_len, file_sha256, raw_path)
                SELECT gen_random_uuid(), 'a.txt', 'text/plain', 1,
                       encode(sha256(n::text::bytea), 'hex'), 'storage://raw/' || n
                FROM generate_series(1, 700) n;
                INSERT INTO upload_pipeline.upload_jobs (document_id)
                SELECT document_id FROM upload_pipeline.documents
                """)
            let store = PostgresJobStore(pool: database.pool)
            #expect(try await store.audit(of: .seconds(60)) == [])
            let ends = try await database.texts(
                """
                (SELECT document_id FROM upload_pipeline.documents ORDER BY 1 LIMIT 1)
                UNION ALL
                (SELECT document_id FROM upload_pipeline.documents ORDER BY 1 DESC LIMIT 1)
                """)
            let list = ends.map { "'\($0)'" }.joined(separator: ", ")
            try await database.script(
                "DELETE FROM upload_pipeline.upload_jobs WHERE document_id IN (\(list))")
            let found = try await store.audit(of: .seconds(60))
            #expect(Set(found.map(\.subject)) == Set(ends) && found.count == 2)
            try await database.script("DELETE FROM upload_pipeline.upload_jobs")
            let most = try await store.audit(of: .seconds(60))
            #expect(most.count == 100 && most.allSatisfy { $0.detail == "the document has no job" })
        }
    }

    @Test func `the audit finds no breach after a redrive and a purge`() async throws {
        try await withHistory { pool in
            let operations = PostgresOperations(pool: pool)
            let filter = DeadLetterFilter(stage: .queued)
            try await run(pool, Self.acceptSQL)
            for sql in [Self.claimSQL, Self.failSQL] { try await run(pool, sql) }
            let redriven = try await operations.redrive(filter, limit: 10, by: .unnamed)
            #expect(redriven.changedCount == 1)
            #expect(try await breaches(pool) == [])
            for sql in [Self.claimSQL, Self.failSQL] { try await run(pool, sql) }
            let purged = try await operations.purge(filter, limit: 10, by: .unnamed)
            #expect(purged.changedCount == 1)
            #expect(try await breaches(pool) == [])
        }
    }

    private func breaches(_ pool: PostgresPool) async throws -> [Int] {
        let found = try await PostgresJobStore(pool: pool).audit(of: .seconds(60))
        return Set(found.map(\.invariant.rawValue)).sorted()
    }

    private func run(_ pool: PostgresPool, _ script: String) async throws {
        try await pool.withConnection { try await $0.executeScript(script) }
    }

    /// Lends a migrated database in which one document of two chunks is embedded.
    private func withHistory(_ body: (PostgresPool) async throws -> Void) async throws {
        try await TestDatabase.lend { database in
            try await database.script(Self.acceptSQL)
            for sql in Self.waySQL { try await database.script(sql) }
            try await body(database.pool)
        }
    }
}

extension AuditTests {
    private static let acceptSQL = """
        WITH document AS (
            INSERT INTO upload_pipeline.documents
                (user_id, filename, mime, bytes_len, file_sha256, raw_path)
            SELECT gen_random_uuid(), 'a.txt', 'text/plain', 1,
                   encode(sha256(gen_random_uuid()::text::bytea), 'hex'), 'storage://raw/a'
            RETURNING document_id)
        INSERT INTO upload_pipeline.upload_jobs (document_id) SELECT document_id FROM document;
        """

    private static let open =
        "NOT (state = 'deadletter' OR stage = 'embedded' AND state = 'done')"

    private static let claimSQL = claim(stage: nil)

    private static func claim(stage: String?) -> String {
        """
        UPDATE upload_pipeline.upload_jobs
        SET state = 'working', claim_id = gen_random_uuid(), claimed_by = 'test',
            lease_until = now() + interval '1 minute', attempt = attempt + 1
            \(stage.map { ", stage = '\($0)'" } ?? "")
        WHERE \(open);
        """
    }

    private static let failSQL = """
        UPDATE upload_pipeline.upload_jobs
        SET state = 'deadletter', finished_at = now(), claim_id = NULL, claimed_by = NULL,
            lease_until = NULL, last_error = '{"error_type": "broken", "message": "it is",
                "timestamp": "2020-01-01", "retry_count": 0}'
        WHERE state = 'working';
        """

    private static func advance(_ stage: String) -> String {
        "UPDATE upload_pipeline.upload_jobs SET stage = '\(stage)' WHERE \(open);"
    }

    private static func complete(_ stage: String, _ more: String = "") -> String {
        """
        UPDATE upload_pipeline.upload_jobs
        SET stage = '\(stage)', state = 'done', claim_id = NULL, claimed_by = NULL,
            lease_until = NULL\(more)
        WHERE \(open);
        """
    }

    private static let waySQL = [
        claimSQL, advance("job_validated"), advance("parsing"), advance("parsed"),
        complete("parse_validated"), claim(stage: "chunking"),
        complete("chunks_buffered", ", expected_chunks = 2"), claim(stage: "embedding"),
        complete("embedding", ", embed_model = 'm', embed_version = '1', embed_width = 4"),
        claim(stage: "embedded"),
        complete("embedded", ", finished_at = now()") + """
            INSERT INTO upload_pipeline.document_chunks (document_id, generation, chunk_ord,
                chunk_id, user_id, chunker_name, chunker_version, text, chunk_sha, tokens,
                utf8_start, utf8_end, headings, embed_model, embed_version, embed_width,
                embedding)
            SELECT document_id, 1, n, gen_random_uuid(), user_id, 'c', '1', 'text', '', 1,
                   n, n + 1, '{}', 'm', '1', 4, array_fill(0.5, ARRAY[1536])::public.vector
            FROM upload_pipeline.documents, generate_series(0, 1) AS n;
            INSERT INTO upload_pipeline.chunk_sketches
                (document_id, generation, chunk_ord, user_id, space_id)
            SELECT document_id, generation, chunk_ord, user_id, 1
            FROM upload_pipeline.document_chunks;
            INSERT INTO upload_pipeline.chunk_words
                (document_id, generation, chunk_ord, user_id, space_id, language, words)
            SELECT document_id, generation, chunk_ord, user_id, 1, 'english', 'word'
            FROM upload_pipeline.document_chunks;
            """,
    ]
}
