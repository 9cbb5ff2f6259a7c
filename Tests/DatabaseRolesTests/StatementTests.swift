import Migrations
import Postgres
import TestSupport
import Testing

/// Each role has the privileges that its program's statements need, and no others.
@Suite(
    .timeLimit(.minutes(5)),
    .enabled("EXPLAIN (GENERIC_PLAN) came with PostgreSQL 16") { try await canExplain() })
struct StatementTests {
    @Test(arguments: ProgramRole.allCases)
    func `a program may run each of its statements`(program: ProgramRole) async throws {
        let statements = ProgramStatement.of(program)
        #expect(!statements.isEmpty)
        try await TestDatabase.lend { database in
            try await database.acting(as: program) { database in
                for statement in statements {
                    await #expect(throws: Never.self, "\(statement.name)") {
                        try await database.script(statement.explanation)
                    }
                }
            }
        }
    }

    @Test(arguments: ProgramRole.allCases)
    func `every grant of a program is needed by one of its statements`(
        program: ProgramRole
    ) async throws {
        try await TestDatabase.lend { database in
            let idle = try await database.idleGrants(of: program)
            #expect(idle == [], "no statement needs these")
        }
    }

    @Test func `the check finds a grant that no statement needs`() async throws {
        try await TestDatabase.lend { database in
            let excess = "SELECT (filename) ON upload_pipeline.documents"
            try await database.script("GRANT \(excess) TO \(ProgramRole.reconciler.name)")
            let idle = try await database.idleGrants(of: .reconciler)
            #expect(idle == ["REVOKE \(excess) FROM \(ProgramRole.reconciler.name)"])
        }
    }
}

private func canExplain() async throws -> Bool {
    try await TestDatabase.lend(isMigrated: false) { database in
        try await database.texts("SELECT current_setting('server_version_num')")[0] >= "160000"
    }
}

extension TestDatabase {
    /// The REVOKE statements for the grants on tables that no statement of a program needs.
    fileprivate func idleGrants(of program: ProgramRole) async throws -> [String] {
        let statements = ProgramStatement.of(program)
        // MAINTAIN is for VACUUM, which cannot be explained.
        let revocations = try await texts(
            """
            WITH grants AS (
                SELECT grantee, relname, NULL AS attname, privilege_type
                FROM pg_class, aclexplode(relacl)
                WHERE relnamespace = 'upload_pipeline'::regnamespace
                UNION ALL
                SELECT grantee, relname, attname, privilege_type
                FROM pg_class JOIN pg_attribute ON attrelid = pg_class.oid, aclexplode(attacl)
                WHERE relnamespace = 'upload_pipeline'::regnamespace)
            SELECT concat_ws(' ', 'REVOKE', privilege_type, '(' || attname || ')',
                'ON upload_pipeline.' || relname, 'FROM \(program.name)')
            FROM grants
            WHERE grantee = '\(program.name)'::regrole AND privilege_type <> 'MAINTAIN'
            """)
        #expect(revocations.count > 5)
        var idle: [String] = []
        for revocation in revocations {
            let script = "\(revocation); SET LOCAL ROLE \(program.name)"
            if try await allows(statements, after: script) { idle.append(revocation) }
        }
        return idle
    }

    /// Whether all of these are allowed after a script, which is rolled back. Throws any error
    /// other than a missing privilege.
    private func allows(
        _ statements: [ProgramStatement], after script: String
    ) async throws -> Bool {
        do {
            try await pool.transaction { connection in
                try await connection.executeScript(script)
                for statement in statements {
                    try await connection.executeScript(statement.explanation)
                }
                throw Undone()
            }
            return true
        } catch is Undone {
            return true
        } catch let error as PostgresError where error.sqlState == "42501" {
            return false
        }
    }

    private struct Undone: Error {}
}
