package import Postgres

/// Applies pending migrations, one transaction each. Safe to repeat and from several processes.
package struct Migrator: Sendable {
    let pool: PostgresPool
    private let migrations: [Migration]

    package init(pool: PostgresPool, migrations: [Migration] = Migration.all) {
        self.pool = pool
        self.migrations = migrations
    }

    /// Brings the schema up to date and returns the migrations applied by this call.
    package func migrate() async throws(MigrationError) -> [Migration] {
        try await prepare()
        var done: [Migration] = []
        while let migration = try await applyNext() { done.append(migration) }
        return done
    }

    /// Creates schema, extension and table of records, under the same lock as every migration.
    private func prepare() async throws(MigrationError) {
        try await locked { connection throws(MigrationError) in
            try await Self.checkServer(connection)
            try await Self.run(connection) { try await $0.executeScript(Self.preparation) }
        }
    }

    /// Applies the first pending migration. Returns `nil` when none is left.
    private func applyNext() async throws(MigrationError) -> Migration? {
        try await locked { connection throws(MigrationError) in
            let applied = try await Self.applied(connection)
            let pending = try MigrationHistory.pending(of: migrations, after: applied)
            guard let next = pending.first else { return nil }
            do {
                try await connection.executeScript(next.sql)
                _ = try await connection.query(
                    PostgresStatement(
                        """
                        INSERT INTO upload_pipeline.schema_migrations (version, name, sha256)
                        VALUES ($1::bigint, $2::text, $3::text)
                        """, next.version, next.name, next.sha256))
            } catch {
                throw .failed(next, Self.postgresError(error))
            }
            return next
        }
    }

    /// Runs `body` in a transaction that holds the migration lock, waiting up to a minute for it.
    private func locked<R: Sendable>(
        _ body: (PostgresConnection) async throws(MigrationError) -> R
    ) async throws(MigrationError) -> R {
        do {
            return try await pool.transaction { connection in
                try await connection.executeScript(Self.lock)
                return try await body(connection)
            }
        } catch let error as MigrationError {
            throw error
        } catch {
            throw .database(Self.postgresError(error))
        }
    }

    private static func checkServer(
        _ connection: PostgresConnection
    ) async throws(MigrationError) {
        let facts = try await run(connection) { connection in
            try await connection.query(PostgresStatement(factsQuery)).map { row in
                (
                    version: try row.decode(0, as: Int.self),
                    available: try row.decode(1, as: Bool.self),
                    schema: try row.decode(2, as: String.self)
                )
            }
        }
        guard let facts = facts.first else { return }
        guard facts.version >= 150_000 else {
            throw .serverTooOld(versionNumber: facts.version)
        }
        guard facts.available else { throw .vectorUnavailable }
        guard facts.schema == "public" else { throw .vectorInOtherSchema(facts.schema) }
    }

    private static func applied(
        _ connection: PostgresConnection
    ) async throws(MigrationError) -> [AppliedMigration] {
        try await run(connection) { connection in
            let rows = try await connection.query(
                PostgresStatement(
                    """
                    SELECT version::bigint, name, sha256
                    FROM upload_pipeline.schema_migrations ORDER BY version
                    """))
            return try rows.map { row in
                AppliedMigration(
                    version: try row.decode(0, as: Int.self),
                    name: try row.decode(1, as: String.self),
                    sha256: try row.decode(2, as: String.self))
            }
        }
    }

    private static func run<R>(
        _ connection: PostgresConnection, _ body: (PostgresConnection) async throws -> R
    ) async throws(MigrationError) -> R {
        do {
            return try await body(connection)
        } catch {
            throw .database(postgresError(error))
        }
    }

    private static func postgresError(_ error: any Error) -> PostgresError {
        error as? PostgresError ?? PostgresError(.server, "\(error)")
    }

    /// The lock's number is arbitrary, but must be the same in every version of the program.
    static let lock = """
        SET LOCAL statement_timeout = 0;
        SET LOCAL lock_timeout = '60s';
        SELECT pg_advisory_xact_lock(5278364719452836417);
        """

    private static let factsQuery = """
        SELECT current_setting('server_version_num')::bigint,
               EXISTS (SELECT FROM pg_available_extensions WHERE name = 'vector'),
               coalesce((SELECT nspname::text FROM pg_extension e
                         JOIN pg_namespace n ON n.oid = e.extnamespace
                         WHERE extname = 'vector'), 'public')
        """

    private static let preparation = """
        CREATE SCHEMA IF NOT EXISTS upload_pipeline;
        CREATE EXTENSION IF NOT EXISTS vector SCHEMA public;
        CREATE TABLE IF NOT EXISTS upload_pipeline.schema_migrations (
            version    integer PRIMARY KEY CHECK (version > 0),
            name       text NOT NULL,
            sha256     text NOT NULL CHECK (sha256 ~ '^[0-9a-f]{64}$'),
            applied_at timestamptz NOT NULL DEFAULT clock_timestamp()
        );
        """
}
