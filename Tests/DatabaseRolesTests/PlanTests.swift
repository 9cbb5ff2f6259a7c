import Migrations
import Postgres
import TestSupport
import Testing

/// The cost of a worker's statement depends on its parameters and not on the size of the tables.
/// Its generic plan looks up the rows of every large table by the parameters, with any statistics
/// that the planner may have.
struct PlanTests {
    private static let largeTables: Set<String> = [
        "documents", "upload_jobs", "events", "document_chunk_buffer", "document_vector_buffer",
        "document_chunks", "chunk_sketches", "provider_calls",
    ]

    @Test(arguments: [false, true])
    func `no statement of a worker reads a whole table`(isFull: Bool) async throws {
        try await TestDatabase.lend { database in
            if isFull {
                for script in Self.manyOldJobs { try await database.script(script) }
            }
            try await database.script("ANALYZE")
            let workers: Set<ProgramRole> = [.parseWorker, .chunkWorker, .embedWorker, .flusher]
            for statement in ProgramStatement.all
            where !workers.isDisjoint(with: statement.programs) && !statement.sql.contains("COPY ")
            {
                let plan = try await database.genericPlan(of: statement.sql)
                #expect(
                    Self.tablesRead(in: plan).isDisjoint(with: Self.largeTables),
                    "\(statement.name):\n\(plan.joined(separator: "\n"))")
            }
            // A statement inside a function is planned separately.
            let turns = try await database.texts(
                "SELECT prosrc FROM pg_proc WHERE proname = 'waiting_tenants'")[0]
                .replacing("waiting_for = queue", with: "waiting_for = $1::text")
                .replacing("> last", with: "> $2::uuid").replacing("<= last", with: "<= $2::uuid")
            let turnsPlan = try await database.genericPlan(of: turns)
            #expect(
                Self.tablesRead(in: turnsPlan).isDisjoint(with: Self.largeTables),
                "\(turnsPlan.joined(separator: "\n"))")
            #expect(turnsPlan.count { $0.contains("upload_jobs_turns") } == 4)
            // Counter-check: this statement does read a whole table.
            let plan = try await database.genericPlan(
                of: """
                    SELECT job_id FROM upload_pipeline.upload_jobs
                    WHERE payload ->> 'correlation_id' = $1
                    """)
            #expect(Self.tablesRead(in: plan) == ["upload_jobs"])
        }
    }

    @Test func `the audit does not scan whole buffers when one document fills them`() async throws {
        try await TestDatabase.lend { database in
            for script in Self.oneLongDocument { try await database.script(script) }
            try await database.script("ANALYZE")
            let audit = ProgramStatement.of(.reconciler).filter { $0.name == "auditChunks" }
            #expect(audit.count == 1)
            for statement in audit {
                let plan = try await database.genericPlan(of: statement.sql, alongIndexes: false)
                #expect(
                    Self.tablesRead(in: plan)
                        .isDisjoint(with: ["document_chunk_buffer", "document_vector_buffer"]),
                    "\(plan.joined(separator: "\n"))")
            }
        }
    }

    /// The rows that a dead letter of a long document leaves in the buffers.
    private static let oneLongDocument = [
        """
        INSERT INTO upload_pipeline.document_chunk_buffer (document_id, generation, chunk_ord,
            chunk_id, chunker_name, chunker_version, text, chunk_sha, tokens, utf8_start, utf8_end,
            headings)
        SELECT '00000000-0000-4000-8000-000000000001', 1, n, gen_random_uuid(), 'c', '1', 'text',
            'sha', 1, 0, 1, '{}' FROM generate_series(1, 5000) n
        """,
        """
        INSERT INTO upload_pipeline.document_vector_buffer
            (document_id, generation, chunk_ord, embedding, sketch)
        SELECT '00000000-0000-4000-8000-000000000001', 1, n,
            array_fill(1, ARRAY[1536])::public.vector, (~ B'0'::bit(1024))
        FROM generate_series(1, 5000) n
        """,
    ]

    /// The tables that a plan reads in full: scans of a table or of an index without a condition on
    /// it.
    private static func tablesRead(in plan: [String]) -> Set<String> {
        var tables: Set<String> = []
        for (line, next) in zip(plan, plan.dropFirst() + [""]) where line.contains(" Scan ") {
            guard !line.contains("Bitmap Heap Scan"), !line.contains("Tid Scan"),
                !next.contains("Index Cond:"),
                let on = line.firstRange(of: " on ")
            else { continue }
            tables.insert(String(line[on.upperBound...].prefix { $0 != " " }))
        }
        return tables
    }

    /// 20,000 finished jobs with their events and calls, and 2,000 chunks.
    private static let manyOldJobs = [
        "INSERT INTO upload_pipeline.embedding_spaces (model, version) VALUES ('m', '1')",
        """
        INSERT INTO upload_pipeline.documents (document_id, user_id, filename, mime, bytes_len,
            file_sha256, raw_path)
        SELECT gen_random_uuid(), gen_random_uuid(), n || '.md', 'text/markdown', 1,
            encode(sha256(n::text::bytea), 'hex'), 'storage://' || n
        FROM generate_series(1, 20000) n
        """,
        """
        INSERT INTO upload_pipeline.upload_jobs (document_id, stage, state, finished_at,
            expected_chunks, embed_model, embed_version, embed_width)
        SELECT document_id, 'embedded', 'done', now(), 1, 'm', '1', 1536
        FROM upload_pipeline.documents
        """,
        """
        INSERT INTO upload_pipeline.events (job_id, document_id, type, severity, code)
        SELECT job_id, document_id, 'stage_done', 'info', 'parsed'
        FROM upload_pipeline.upload_jobs, generate_series(1, 3)
        """,
        """
        INSERT INTO upload_pipeline.provider_calls
            (call_id, part, operation, provider, model, user_id, document_id, units, bytes)
        SELECT gen_random_uuid(), 0, 'embed', 'p', 'm', user_id, document_id, 1, 1
        FROM upload_pipeline.documents
        """,
        """
        INSERT INTO upload_pipeline.document_chunks (document_id, generation, chunk_ord, chunk_id,
            user_id, chunker_name, chunker_version, text, chunk_sha, tokens, utf8_start, utf8_end,
            headings, embed_model, embed_version, embed_width, embedding)
        SELECT document_id, 1, 0, gen_random_uuid(), user_id, 'c', '1', 'text', 'sha', 1, 0, 1,
            '{}', 'm', '1', 1536, array_fill(1, ARRAY[1536])::public.vector
        FROM upload_pipeline.documents LIMIT 2000
        """,
        """
        INSERT INTO upload_pipeline.chunk_sketches
            (document_id, generation, chunk_ord, user_id, space_id, sketch)
        SELECT c.document_id, 1, 0, c.user_id, s.space_id, (~ B'0'::bit(1024))
        FROM upload_pipeline.document_chunks c, upload_pipeline.embedding_spaces s
        """,
        """
        INSERT INTO upload_pipeline.chunk_words
            (document_id, generation, chunk_ord, user_id, space_id, language, words)
        SELECT document_id, 1, 0, user_id, space_id, 'english',
            to_tsvector('english', md5(document_id::text))
        FROM upload_pipeline.chunk_sketches
        """,
    ]
}

extension TestDatabase {
    /// The server's plan for a statement that is valid for any parameters.
    fileprivate func genericPlan(
        of sql: String, alongIndexes: Bool = true
    ) async throws -> [String] {
        try await pool.withConnection { connection in
            try await connection.executeScript(
                "SET plan_cache_mode = force_generic_plan; "
                    + "SET enable_seqscan = \(alongIndexes ? "off" : "on")")
            try await connection.executeScript("PREPARE asked AS \(sql)")
            let count: Int = try await connection.query(
                PostgresStatement(
                    """
                    SELECT cardinality(parameter_types)::bigint FROM pg_prepared_statements
                    WHERE name = 'asked'
                    """)
            ).first!.decode(0)
            let nulls = Array(repeating: "NULL", count: count).joined(separator: ", ")
            let plan = try await connection.query(
                PostgresStatement("EXPLAIN EXECUTE asked" + (count > 0 ? "(\(nulls))" : ""))
            ).map { try $0.decode(0, as: String.self) }
            try await connection.executeScript("DEALLOCATE asked")
            return plan
        }
    }
}
