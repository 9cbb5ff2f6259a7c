import FoundationEssentials
import Postgres
import TestCluster
import TestSupport
import Testing

/// A server that does not respond and does not close the connection.
@Suite(.timeLimit(.minutes(5))) struct UnresponsiveServerTests {
    /// Lends a pool that reaches the server over a link.
    private func withLink(
        connections: Int = 2, readTimeout: Duration,
        _ body: (PostgresPool, NetworkLink) async throws -> Void
    ) async throws {
        let server = try #require(URLComponents(string: try TestDatabase.serverURL()))
        let link = NetworkLink()
        var near = server
        near.host = "127.0.0.1"
        near.port = try await link.open(to: server.port ?? 5432)
        let pool = PostgresPool(
            PostgresConfiguration(
                conninfo: try #require(near.string), connectionsMax: connections,
                connectTimeout: .seconds(2), readTimeout: readTimeout))
        try await body(pool, link)
        await pool.close()
        try await link.close()
    }

    /// Whether the server answers again. Retries, since a busy machine may be slow at first.
    private func answers(_ pool: PostgresPool) async throws -> Bool {
        while true {
            let rows: PostgresRows
            do {
                rows = try await pool.query(PostgresStatement("SELECT 4"))
            } catch {
                try #require(error.kind == .connection)
                try await Task.sleep(for: .milliseconds(100))
                continue
            }
            return try rows[0].decode(0, as: Int.self) == 4
        }
    }

    @Test func `a call to a server that does not respond fails, and its connection is closed`()
        async throws
    {
        try await withLink(connections: 1, readTimeout: .seconds(2)) { pool, link in
            _ = try await pool.query(PostgresStatement("SELECT 1"))
            link.cut()
            let error = await #expect(throws: PostgresError.self) {
                try await pool.query(PostgresStatement("SELECT 2"))
            }
            #expect(error?.kind == .connection)
            #expect(error?.isTransient == true)
            #expect(error?.message.contains("silent") == true)
            // During the outage no new connection can be made either; the attempt fails in time.
            await #expect(throws: PostgresError.self) {
                try await pool.query(PostgresStatement("SELECT 3"))
            }
            link.restore()
            #expect(try await answers(pool))
        }
    }

    @Test func `a COPY that the server does not read fails`() async throws {
        try await withLink(readTimeout: .seconds(2)) { pool, link in
            let error = await #expect(throws: PostgresError.self) {
                try await pool.withConnection { connection in
                    try await connection.executeScript("CREATE TEMP TABLE t (n bigint)")
                    let copy = PostgresStatement("COPY t FROM STDIN (FORMAT binary)")
                    // More than all buffers on the path can hold.
                    var left = 4_000
                    _ = try await connection.copyIn(copy) { writer throws(PostgresError) in
                        link.cut()
                        for number in 0..<5_000 { writer.row([number]) }
                        left -= 1
                        return left > 0
                    }
                }
            }
            #expect(error?.message.contains("silent") == true)
            link.restore()
        }
    }

    @Test func `a caller can stop waiting while the server does not respond`() async throws {
        // Longer than a busy machine takes to answer. The test never waits for it to expire.
        try await withLink(readTimeout: .seconds(5)) { pool, link in
            let waiting = Task {
                try await pool.query(PostgresStatement("SELECT pg_sleep(100) AS unanswered"))
            }
            let near = PostgresPool(
                PostgresConfiguration(conninfo: try TestDatabase.serverURL(), connectionsMax: 1))
            let running = PostgresStatement(
                """
                SELECT 1 FROM pg_stat_activity WHERE state = 'active' AND pid <> pg_backend_pid()
                    AND query = 'SELECT pg_sleep(100) AS unanswered'
                """)
            while try await near.query(running).isEmpty {
                try await Task.sleep(for: .milliseconds(10))
            }
            link.cut()
            waiting.cancel()
            await #expect(throws: PostgresError.self) { try await waiting.value }
            link.restore()
            #expect(try await answers(pool))
            // The cancel request reached the server nevertheless.
            while try await !near.query(running).isEmpty {
                try await Task.sleep(for: .milliseconds(10))
            }
            await near.close()
        }
    }

    /// A task that uses a connection until it is lost, and the connection's server process.
    private func waiting(
        on pool: PostgresPool, within limit: Duration
    ) async throws -> (task: Task<Void, any Error>, process: Int32) {
        let (processes, found) = AsyncStream.makeStream(of: Int32.self)
        let task = Task {
            try await pool.withConnection { connection in
                let process = PostgresStatement("SELECT pg_backend_pid()")
                found.yield(try await connection.query(process)[0].decode(0))
                await connection.waitUntilClosed(within: limit)
                try Task.checkCancellation()
                _ = try await connection.query(PostgresStatement("SELECT 1"))
            }
        }
        return (task, try #require(await processes.first { _ in true }))
    }

    @Test func `a caller that waits for a connection's end returns at its end`() async throws {
        let pool = PostgresPool(
            PostgresConfiguration(conninfo: try TestDatabase.serverURL(), connectionsMax: 2))
        let (task, process) = try await waiting(on: pool, within: .seconds(3600))
        _ = try await pool.query(
            PostgresStatement("SELECT pg_terminate_backend($1)", process))
        let error = await #expect(throws: PostgresError.self) { try await task.value }
        #expect(error?.kind == .connection)
        await pool.close()
    }

    @Test func `waiting for a connection to close has a limit and can be cancelled`() async throws {
        let pool = PostgresPool(
            PostgresConfiguration(conninfo: try TestDatabase.serverURL(), connectionsMax: 2))
        try await waiting(on: pool, within: .milliseconds(20)).task.value
        let (task, _) = try await waiting(on: pool, within: .seconds(3600))
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        await pool.close()
    }
}
