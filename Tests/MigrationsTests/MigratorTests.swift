import Postgres
import TestSupport
import Testing

@testable import Migrations

@Suite(.timeLimit(.minutes(5))) struct MigratorTests {
    private let history = "SELECT FROM upload_pipeline.schema_migrations"

    @Test func `an empty database is migrated, and a second run changes nothing`()
        async throws
    {
        try await TestDatabase.lend(isMigrated: false) { database in
            let migrator = Migrator(pool: database.pool)
            let first = try await migrator.migrate()
            #expect(first == Migration.all)
            let second = try await migrator.migrate()
            #expect(second.isEmpty)
            #expect(try await database.count(history) == Migration.all.count)
        }
    }

    @Test func `concurrent migrators apply each step exactly once`() async throws {
        try await TestDatabase.lend(isMigrated: false) { database in
            let pools = (0..<4).map { _ in
                PostgresPool(PostgresConfiguration(conninfo: database.url))
            }
            let applied = try await withThrowingTaskGroup(of: [Migration].self) { group in
                for pool in pools {
                    group.addTask { try await Migrator(pool: pool).migrate() }
                }
                return try await group.reduce(into: []) { $0 += $1 }
            }
            for pool in pools { await pool.close() }
            #expect(applied.map(\.version).sorted() == Migration.all.map(\.version))
            #expect(try await database.count(history) == Migration.all.count)
        }
    }

    @Test func `an edited old migration is refused and nothing is applied`() async throws {
        try await TestDatabase.lend(isMigrated: false) { database in
            _ = try await Migrator(pool: database.pool).migrate()
            var edited = Migration.all
            edited[1] = Migration(
                version: 2, name: edited[1].name, sql: edited[1].sql + "-- one more word\n")
            edited.append(
                Migration(version: edited.count + 1, name: "never", sql: "SELECT 1/0"))
            let error = await #expect(throws: MigrationError.self) {
                try await Migrator(pool: database.pool, migrations: edited).migrate()
            }
            guard case .edited(let migration, _) = error else {
                Issue.record("\(String(describing: error))")
                return
            }
            #expect(migration.version == 2)
            #expect(try await database.count(history) == Migration.all.count)
        }
    }

    @Test func `a database of an unreleased version is refused with the next step`() async throws {
        try await TestDatabase.lend(isMigrated: false) { database in
            _ = try await Migrator(pool: database.pool).migrate()
            try await database.script(
                """
                UPDATE upload_pipeline.schema_migrations
                    SET name = 'create_documents_and_jobs' WHERE version = 1;
                INSERT INTO upload_pipeline.schema_migrations (version, name, sha256)
                    SELECT n, 'old', repeat('0', 64)
                    FROM generate_series(\(Migration.all.count + 1), 17) n
                """)
            let error = await #expect(throws: MigrationError.self) {
                try await Migrator(pool: database.pool).migrate()
            }
            guard case .otherHistory(let migration, "create_documents_and_jobs") = error else {
                Issue.record("\(String(describing: error))")
                return
            }
            #expect(migration == Migration.all[0])
            #expect("\(error!)".contains("Migrate an empty database"))
            #expect(try await database.count(history) == 17)
        }
    }

    @Test func `a program older than the database refuses to run`() async throws {
        try await TestDatabase.lend(isMigrated: false) { database in
            _ = try await Migrator(pool: database.pool).migrate()
            let error = await #expect(throws: MigrationError.self) {
                try await Migrator(
                    pool: database.pool, migrations: Array(Migration.all.dropLast())
                ).migrate()
            }
            guard case .databaseIsNewer(let database, let program) = error else {
                Issue.record("\(String(describing: error))")
                return
            }
            #expect((database, program) == (Migration.all.count, Migration.all.count - 1))
        }
    }

    @Test func `a failed step is rolled back, and the next run continues from it`()
        async throws
    {
        try await TestDatabase.lend(isMigrated: false) { database in
            let next = Migration.all.count + 1
            let broken = Migration(
                version: next, name: "half",
                sql: "CREATE TABLE upload_pipeline.half (a int); SELECT 1/0;")
            let error = await #expect(throws: MigrationError.self) {
                try await Migrator(
                    pool: database.pool, migrations: Migration.all + [broken]
                ).migrate()
            }
            guard case .failed(let migration, let cause) = error else {
                Issue.record("\(String(describing: error))")
                return
            }
            #expect(migration == broken)
            #expect(cause.sqlState == "22012")
            let tables = "SELECT FROM pg_tables WHERE tablename = 'half'"
            #expect(try await database.count(tables) == 0)
            #expect(try await database.count(history) == Migration.all.count)

            let repaired = Migration(
                version: next, name: "half", sql: "CREATE TABLE upload_pipeline.half (a int);")
            let applied = try await Migrator(
                pool: database.pool, migrations: Migration.all + [repaired]
            ).migrate()
            #expect(applied == [repaired])
            #expect(try await database.count(tables) == 1)
        }
    }
}

extension TestDatabase {
    fileprivate func count(_ sql: String) async throws -> Int {
        let rows = try await pool.query(PostgresStatement("SELECT count(*) FROM (\(sql)) AS q"))
        let counts = try rows.map { try $0.decode(0, as: Int.self) }
        return try #require(counts.first)
    }
}
