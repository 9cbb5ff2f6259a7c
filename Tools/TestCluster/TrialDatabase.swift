import FoundationEssentials
import Migrations
import Postgres

/// A migrated database on a server that exists for one trial.
package struct TrialDatabase: Sendable {
    package let url: String
    private let pool: PostgresPool

    package static func withTemporary<R>(
        on server: String, _ body: (TrialDatabase) async throws -> R
    ) async throws -> R {
        let name = "trial_" + UUID().uuidString.prefix(12).lowercased()
        let admin = PostgresPool(PostgresConfiguration(conninfo: server, connectionsMax: 1))
        _ = try await admin.query(PostgresStatement("CREATE DATABASE \"\(name)\""))
        let database = TrialDatabase(url: Self.url(server, database: name))
        let outcome: Result<R, any Error>
        do {
            try await database.migrate()
            outcome = .success(try await body(database))
        } catch {
            outcome = .failure(error)
        }
        await database.close()
        _ = try await admin.query(PostgresStatement("DROP DATABASE \"\(name)\" WITH (FORCE)"))
        await admin.close()
        return try outcome.get()
    }

    package init(url: String) {
        self.url = url
        pool = PostgresPool(PostgresConfiguration(conninfo: url, connectionsMax: 2))
    }

    package func migrate() async throws { _ = try await Migrator(pool: pool).migrate() }

    package func close() async { await pool.close() }

    /// Runs one statement that returns no rows.
    package func execute(_ sql: String) async throws {
        _ = try await pool.query(PostgresStatement(sql))
    }

    /// The first column of a query, as text.
    package func texts(_ sql: String) async throws -> [String] {
        try await pool.query(PostgresStatement("SELECT t::text FROM (\(sql)) AS q (t)"))
            .map { try $0.decode(0) }
    }

    private static func url(_ server: String, database: String) -> String {
        let slash = server.lastIndex(of: "/") ?? server.endIndex
        let query = server[slash...].firstIndex(of: "?").map { String(server[$0...]) } ?? ""
        return server[..<slash] + "/" + database + query
    }
}
