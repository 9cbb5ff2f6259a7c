import FoundationEssentials
package import Migrations
package import Postgres
import Testing

/// A database for one test, cloned from a migrated template.
package struct TestDatabase: Sendable {
    package let pool: PostgresPool
    package let url: String

    /// Lends a database, migrated by default, and drops it at the end.
    package static func lend<R: Sendable>(
        isMigrated: Bool = true, _ body: (TestDatabase) async throws -> R
    ) async throws -> R {
        let server = try serverURL()
        let template = isMigrated ? try await Template.shared.name(server) : "template0"
        let name = "test_" + UUID().uuidString.prefix(12).lowercased()
        let admin = PostgresPool(PostgresConfiguration(conninfo: server, connectionsMax: 1))
        _ = try await admin.query(
            PostgresStatement("CREATE DATABASE \"\(name)\" TEMPLATE \"\(template)\""))
        let url = try Self.url(server, database: name)
        let database = TestDatabase(
            pool: PostgresPool(PostgresConfiguration(conninfo: url, connectionsMax: 6)), url: url)
        let outcome: Result<R, any Error>
        do {
            outcome = .success(try await body(database))
        } catch {
            outcome = .failure(error)
        }
        await database.pool.close()
        _ = try await admin.query(PostgresStatement("DROP DATABASE \"\(name)\" WITH (FORCE)"))
        await admin.close()
        return try outcome.get()
    }

    /// The server to test on; `scripts/test` starts one and sets the variable.
    package static func serverURL() throws -> String {
        try #require(
            ProcessInfo.processInfo.environment["MILLRACE_TEST_POSTGRES_URL"],
            "set MILLRACE_TEST_POSTGRES_URL, or run the tests with 'make test'")
    }

    fileprivate static func url(_ server: String, database: String) throws -> String {
        let slash = try #require(server.lastIndex(of: "/"))
        let query = server[slash...].firstIndex(of: "?").map { String(server[$0...]) } ?? ""
        return server[...slash] + database + query
    }

    /// The database's URL with only the privileges of a program's role.
    package func url(as role: ProgramRole) -> String {
        url + (url.contains("?") ? "&" : "?") + "options=-c%20role%3D" + role.name
    }

    /// Lends the same database with only the privileges of a program's role.
    package func acting<R: Sendable>(
        as role: ProgramRole, _ body: (TestDatabase) async throws -> R
    ) async throws -> R {
        let url = url(as: role)
        let pool = PostgresPool(PostgresConfiguration(conninfo: url, connectionsMax: 2))
        do {
            let value = try await body(TestDatabase(pool: pool, url: url))
            await pool.close()
            return value
        } catch {
            await pool.close()
            throw error
        }
    }

    /// Runs SQL text of several statements.
    package func script(_ sql: String) async throws {
        try await pool.withConnection { try await $0.executeScript(sql) }
    }

    /// The first column of a query, as text.
    package func texts(_ sql: String) async throws -> [String] {
        try await pool.query(PostgresStatement("SELECT t::text FROM (\(sql)) AS q (t)"))
            .map { try $0.decode(0) }
    }
}

/// The migrated database that tests clone, made once per process.
private actor Template {
    static let shared = Template()
    private var making: Task<String, any Error>?

    func name(_ server: String) async throws -> String {
        let task =
            making
            ?? Task {
                let name = "template_" + UUID().uuidString.prefix(12).lowercased()
                let admin = PostgresPool(
                    PostgresConfiguration(conninfo: server, connectionsMax: 1))
                _ = try await admin.query(PostgresStatement("CREATE DATABASE \"\(name)\""))
                await admin.close()
                let url = try TestDatabase.url(server, database: name)
                let pool = PostgresPool(PostgresConfiguration(conninfo: url, connectionsMax: 1))
                _ = try await Migrator(pool: pool).migrate()
                await pool.close()
                return name
            }
        making = task
        return try await task.value
    }
}
