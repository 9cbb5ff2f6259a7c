import FoundationEssentials
import Migrations
import Postgres
import TestSupport
import Testing

/// The privileges of the roles, as the server reports them.
@Suite(.timeLimit(.minutes(5))) struct PrivilegeTests {
    /// Every privilege of each role on a table or some of its columns. Nothing else is granted;
    /// docs/reference/database-roles.md lists the columns.
    private static let expected: [ProgramRole: [String: String]] = [
        .ingestAPI: [
            "documents": "SELECT INSERT DELETE", "upload_jobs": "SELECT INSERT UPDATE",
            "events": "SELECT", "document_vector_buffer": "SELECT", "document_chunks": "SELECT",
            "job_counts": "SELECT", "provider_calls": "SELECT INSERT UPDATE",
            "provider_states": "SELECT INSERT UPDATE", "parse_events": "SELECT INSERT",
            "idempotency_keys": "SELECT INSERT", "embedding_spaces": "SELECT",
            "chunk_sketches": "SELECT", "sketch_cells": "SELECT", "chunk_words": "SELECT",
            "word_changes": "SELECT", "word_counts": "SELECT", "word_totals": "SELECT",
        ],
        .parseWorker: [
            "documents": "SELECT UPDATE", "upload_jobs": "SELECT UPDATE",
            "provider_calls": "SELECT INSERT UPDATE", "provider_states": "SELECT INSERT UPDATE",
            "parse_events": "SELECT",
        ],
        .chunkWorker: [
            "documents": "SELECT", "upload_jobs": "SELECT UPDATE",
            "document_chunk_buffer": "SELECT INSERT DELETE",
            "document_vector_buffer": "SELECT DELETE",
        ],
        .embedWorker: [
            "documents": "SELECT", "upload_jobs": "SELECT UPDATE",
            "document_chunk_buffer": "SELECT",
            "document_vector_buffer": "SELECT INSERT DELETE",
            "provider_calls": "SELECT INSERT UPDATE", "provider_states": "SELECT INSERT UPDATE",
            "embedding_spaces": "SELECT INSERT",
        ],
        .flusher: [
            "documents": "SELECT", "upload_jobs": "SELECT UPDATE",
            "document_chunk_buffer": "SELECT DELETE MAINTAIN",
            "document_vector_buffer": "SELECT DELETE MAINTAIN",
            "document_chunks": "SELECT INSERT DELETE", "embedding_spaces": "SELECT",
            "chunk_sketches": "SELECT INSERT UPDATE DELETE",
            "sketch_cells": "SELECT INSERT UPDATE DELETE", "chunk_words": "SELECT INSERT DELETE",
            "word_changes": "SELECT DELETE", "word_counts": "SELECT INSERT UPDATE DELETE",
            "word_totals": "SELECT INSERT UPDATE",
        ],
        .reconciler: [
            "documents": "SELECT", "upload_jobs": "SELECT UPDATE", "events": "SELECT",
            "document_chunk_buffer": "SELECT DELETE", "document_vector_buffer": "SELECT DELETE",
            "document_chunks": "SELECT", "job_counts": "SELECT",
            "provider_states": "SELECT DELETE", "parse_events": "SELECT DELETE",
            "idempotency_keys": "SELECT DELETE",
            "chunk_sketches": "SELECT", "sketch_cells": "SELECT", "chunk_words": "SELECT",
        ],
        .operator: [
            "documents": "SELECT", "upload_jobs": "SELECT UPDATE", "events": "SELECT",
            "document_chunk_buffer": "SELECT", "document_vector_buffer": "SELECT",
            "document_chunks": "SELECT", "job_counts": "SELECT", "provider_calls": "SELECT",
            "provider_states": "SELECT",
            "chunk_sketches": "SELECT", "sketch_cells": "SELECT", "chunk_words": "SELECT",
        ],
    ]

    @Test(arguments: ProgramRole.allCases)
    func `a role has exactly the expected privileges on each table`(
        role: ProgramRole
    ) async throws {
        try await TestDatabase.lend { database in
            let privileges = try await database.privileges()
            var tables: [String: String] = [:]
            for privilege in privileges where privilege.role == role {
                let others = tables[privilege.object].map { $0 + " " } ?? ""
                tables[privilege.object] = others + privilege.name
            }
            var expected = try #require(Self.expected[role])
            if try await database.texts("SELECT current_setting('server_version_num')")[0]
                < "170000"
            {
                expected = expected.mapValues { $0.replacing(" MAINTAIN", with: "") }
            }
            #expect(tables == expected)
        }
    }

    /// After adding a migration, run with MILLRACE_UPDATE_SCHEMA=1 to rewrite the table.
    @Test func `the page on roles lists every privilege and its columns`() async throws {
        try await TestDatabase.lend { database in
            let version = try await database.texts("SELECT current_setting('server_version_num')")[
                0]
            guard version >= "170000" else { return }
            var table = "| program | table | may |\n|---|---|---|\n"
            var row = ""
            for privilege in try await database.privileges() {
                let start = "| `\(privilege.role.rawValue)` | `\(privilege.object)` |"
                table += row == start ? ", " : (row.isEmpty ? "" : " |\n") + start + " "
                row = start
                table += privilege.name
                if !privilege.columns.isEmpty { table += " (\(privilege.columns))" }
            }
            try Self.keep(
                table + " |\n", in: Runtime.repository + "/docs/reference/database-roles.md")
        }
    }

    /// Compares the text between the page's markers, or writes it.
    private static func keep(_ table: String, in file: String) throws {
        let text = try String(contentsOfFile: file, encoding: .utf8)
        let markers = ["<!-- privileges: kept true by a test -->\n", "<!-- end -->"]
        let start = try #require(text.firstRange(of: markers[0])).upperBound
        let end = try #require(text[start...].firstRange(of: markers[1])).lowerBound
        if ProcessInfo.processInfo.environment["MILLRACE_UPDATE_SCHEMA"] == "1" {
            let made = text[..<start] + table + text[end...]
            try Data(made.utf8).write(to: URL(filePath: file))
        } else {
            #expect(
                text[start..<end] == table,
                "run: MILLRACE_UPDATE_SCHEMA=1 make test, and commit the page of database roles")
        }
    }

    @Test func `roles may execute only the functions they need, and PUBLIC has no access`()
        async throws
    {
        try await TestDatabase.lend { database in
            let roles = ProgramRole.allCases.map { "'\($0.name)'" } + ["'public'"]
            let executed = try await database.texts(
                """
                SELECT role || ' ' || proname
                FROM pg_proc, unnest(ARRAY[\(roles.joined(separator: ", "))]) AS role
                WHERE pronamespace = 'upload_pipeline'::regnamespace
                  AND has_function_privilege(role, oid, 'EXECUTE')
                """)
            let words =
                [
                    "without_long_words", "unspaced_scripts", "character_pairs", "separated_parts",
                    "joined_parts", "spaced_text", "without_accents", "words", "scope_word",
                ].flatMap { ["millrace_ingest_api \($0)", "millrace_flusher \($0)"] }
                + ["millrace_flusher words_of_chunk"]
                + ["phrase", "spellings"].map { "millrace_ingest_api \($0)" }
            let claims = ["waiting_tenants", "claimed_stage"].flatMap { function in
                [ProgramRole.parseWorker, .chunkWorker, .embedWorker, .flusher]
                    .map { "\($0.name) \(function)" }
            }
            let errors = [
                ProgramRole.parseWorker, .chunkWorker, .embedWorker, .flusher, .reconciler,
            ]
            .map { "\($0.name) described_error" }
            let expected =
                ProgramRole.allCases.map { "\($0.name) waiting_queue" } + words + claims + errors
            #expect(
                Set(executed)
                    == Set(
                        expected + [
                            "millrace_operator purge_dead_letters",
                            "millrace_reconciler retry_delay",
                            "millrace_ingest_api blobs_are_held",
                            "millrace_reconciler blobs_are_held",
                        ]))
            let everyone = try await database.texts(
                """
                SELECT relname FROM pg_class
                WHERE relnamespace = 'upload_pipeline'::regnamespace AND relkind IN ('r', 'S')
                  AND has_table_privilege('public', oid,
                    'SELECT, INSERT, UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER')
                UNION ALL SELECT 'the schema'
                WHERE has_schema_privilege('public', 'upload_pipeline', 'USAGE, CREATE')
                """)
            #expect(everyone == [])
        }
    }

    @Test(arguments: ProgramRole.allCases)
    func `a role has no special attributes, owns nothing and cannot create objects`(
        role: ProgramRole
    ) async throws {
        try await TestDatabase.lend { database in
            let special = try await database.texts(
                """
                SELECT rolsuper OR rolcreaterole OR rolcreatedb OR rolcanlogin OR rolreplication
                    OR rolbypassrls
                    OR EXISTS (SELECT FROM pg_auth_members WHERE member = r.oid)
                    OR EXISTS (SELECT FROM pg_shdepend WHERE refobjid = r.oid AND deptype = 'o')
                    OR has_schema_privilege(rolname, 'upload_pipeline', 'CREATE')
                FROM pg_roles r WHERE rolname = '\(role.name)'
                """)
            #expect(special == ["false"])
        }
    }

    @Test(
        arguments: [
            (.parseWorker, "SELECT text FROM upload_pipeline.document_chunks"),
            (.parseWorker, "SELECT count(*) FROM upload_pipeline.document_chunks"),
            (.parseWorker, "SELECT text FROM upload_pipeline.document_chunk_buffer"),
            (.chunkWorker, "SELECT text FROM upload_pipeline.document_chunk_buffer"),
            (.embedWorker, "SELECT text FROM upload_pipeline.document_chunks"),
            (.embedWorker, "UPDATE upload_pipeline.documents SET parsed_path = 'storage://x'"),
            (.reconciler, "SELECT text FROM upload_pipeline.document_chunks"),
            (.reconciler, "SELECT embedding FROM upload_pipeline.document_vector_buffer"),
            (.operator, "DELETE FROM upload_pipeline.documents"),
            (.operator, "SELECT text FROM upload_pipeline.document_chunks"),
            (.ingestAPI, "UPDATE upload_pipeline.upload_jobs SET state = 'queued'"),
            (
                .ingestAPI,
                "INSERT INTO upload_pipeline.documents (processing_status) VALUES ('failed')"
            ),
            (.flusher, "UPDATE upload_pipeline.document_chunks SET text = ''"),
            (.flusher, "TRUNCATE upload_pipeline.document_chunks"),
            (.flusher, "INSERT INTO upload_pipeline.events (code) VALUES ('forged')"),
            (
                .flusher,
                "ALTER TABLE upload_pipeline.upload_jobs DISABLE TRIGGER record_transitions"
            ),
            (.flusher, "SET session_replication_role = replica"),
            (.flusher, "SELECT * FROM upload_pipeline.schema_migrations"),
            (.flusher, "CREATE TABLE upload_pipeline.mine (a int)"),
        ] as [(ProgramRole, String)])
    func `the server refuses statements outside a program's privileges`(
        program: ProgramRole, sql: String
    ) async throws {
        try await TestDatabase.lend { database in
            try await database.acting(as: program) { database in
                let error = await #expect(throws: PostgresError.self) {
                    try await database.script(sql)
                }
                #expect(error?.sqlState == "42501", "\(String(describing: error))")
            }
        }
    }
}

/// A privilege of a role on a table.
private struct Privilege {
    let role: ProgramRole
    let object: String
    let name: String
    /// Separated by commas; empty for the whole table.
    let columns: String
}

extension TestDatabase {
    /// The privileges of each role on tables and sequences, however granted. Ordered by role,
    /// creation of the table, and privilege.
    fileprivate func privileges() async throws -> [Privilege] {
        let roles = ProgramRole.allCases.map { "'\($0.name)'" }.joined(separator: ", ")
        let rows = try await pool.query(
            PostgresStatement(
                """
                WITH candidate AS (
                    SELECT role, nth, c.oid, relname, name, ordinality
                    FROM unnest(ARRAY[\(roles)]) WITH ORDINALITY AS r (role, nth), pg_class c,
                        unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE',
                            'REFERENCES', 'TRIGGER'] || CASE WHEN
                            current_setting('server_version_num')::int >= 170000
                            THEN ARRAY['MAINTAIN'] END) WITH ORDINALITY AS p (name, ordinality)
                    WHERE relnamespace = 'upload_pipeline'::regnamespace
                      AND relkind IN ('r', 'v', 'm', 'p', 'f', 'S')
                ), granted AS (
                    SELECT *, CASE WHEN has_table_privilege(role, oid, name) THEN ''
                        WHEN name IN ('SELECT', 'INSERT', 'UPDATE', 'REFERENCES') THEN (
                            SELECT string_agg(attname, ', ' ORDER BY attnum) FROM pg_attribute
                            WHERE attrelid = candidate.oid AND attnum > 0 AND NOT attisdropped
                              AND has_column_privilege(role, candidate.oid, attnum, name)) END
                        AS columns
                    FROM candidate)
                SELECT nth - 1, relname::text, name, columns FROM granted
                WHERE columns IS NOT NULL ORDER BY nth, oid, ordinality
                """))
        return try rows.map { row in
            Privilege(
                role: ProgramRole.allCases[try row.decode(0, as: Int.self)],
                object: try row.decode(1), name: try row.decode(2), columns: try row.decode(3))
        }
    }
}
