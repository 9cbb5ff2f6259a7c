import FoundationEssentials
import Postgres
import Synchronization
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(5))) struct PostgresTests {
    private func pool(
        connections: Int = 4, statementTimeout: Duration = .seconds(30),
        acquireTimeout: Duration = .seconds(10),
        onNotice: @escaping @Sendable (String) -> Void = { _ in }
    ) throws -> PostgresPool {
        PostgresPool(
            PostgresConfiguration(
                conninfo: try TestDatabase.serverURL(), connectionsMax: connections,
                statementTimeout: statementTimeout, acquireTimeout: acquireTimeout,
                onNotice: onNotice))
    }

    @Test func `values of every type survive a round trip`() async throws {
        let pool = try pool()
        let (id, date) = (UUID(), Date(timeIntervalSince1970: 1_700_000_000.123456))
        let rows = try await pool.query(
            PostgresStatement(
                """
                SELECT $1::boolean, $2::smallint, $3::integer, $4::bigint, $5::float8, $6::text,
                    $7::uuid, $8::timestamptz, $9::text, $10::uuid[], $11::text[], $12::integer[]
                """, true, Int16(-7), Int32(70_000), Int64.min, 1.5, "Grüße, 世界 👋", id, date,
                nil, [id, id], ["", "x,y"], [Int32]()))
        let row = rows[0]
        #expect(try row.decode(0, as: Bool.self))
        #expect(try row.decode(1, as: Int.self) == -7)
        #expect(try row.decode(2, as: Int32.self) == 70_000)
        #expect(try row.decode(3, as: Int64.self) == .min)
        #expect(try row.decode(4, as: Double.self) == 1.5)
        #expect(try row.decode(5, as: String.self) == "Grüße, 世界 👋")
        #expect(try row.decode(6, as: UUID.self) == id)
        #expect(abs(try row.decode(7, as: Date.self).timeIntervalSince(date)) < 2e-6)
        #expect(try row.decodeIfPresent(8, as: String.self) == nil)
        #expect(try row.decode(9, as: [UUID].self) == [id, id])
        #expect(try row.decode(10, as: [String].self) == ["", "x,y"])
        #expect(try row.decode(11, as: [Int32].self) == [])
        await pool.close()
    }

    @Test func `decoding a wrong type or NULL throws an error naming the column`() async throws {
        let pool = try pool()
        let row = try await pool.query(
            PostgresStatement("SELECT 'x' AS word, NULL::int AS gap, 70000 AS big"))[0]
        let wrong = #expect(throws: PostgresError.self) { try row.decode(0, as: UUID.self) }
        #expect(wrong?.message.contains("word") == true)
        let null = #expect(throws: PostgresError.self) { try row.decode(1, as: Int.self) }
        #expect(null?.message.contains("gap") == true)
        #expect(throws: PostgresError.self) { try row.decode(2, as: Int16.self) }
        #expect(throws: PostgresError.self) { try row.decode(9, as: Int.self) }
        await pool.close()
    }

    @Test func `vectors survive a round trip as array parameters and through COPY`() async throws {
        try await TestDatabase.lend { database in
            let pool = database.pool
            let vectors: [[Float]] = [[1, 2.5, -3], [0, 0.125, 9]]
            let rows = try await pool.query(
                PostgresStatement(
                    "SELECT v FROM unnest($1::public.vector[]) AS v", PostgresVectorArray(vectors)))
            #expect(try rows.map { try $0.decode(0, as: PostgresVector.self).values } == vectors)
            try await database.script("CREATE TABLE copied (ord int, v public.vector(1536))")
            let big = (0..<1000).map { seed in (0..<1536).map { Float($0 * seed % 97) } }
            var next = 0
            let copied = try await pool.withConnection { connection in
                try await connection.copyIn(
                    PostgresStatement("COPY copied FROM STDIN (FORMAT binary)")
                ) { writer in
                    for _ in 0..<100 {
                        writer.row(Int32(next), PostgresVector(big[next]))
                        next += 1
                    }
                    return next < big.count
                }
            }
            #expect(copied == 1000)
            let back = try await pool.query(PostgresStatement("SELECT v FROM copied ORDER BY ord"))
            #expect(try back.map { try $0.decode(0, as: PostgresVector.self).values } == big)
        }
    }

    @Test func `a COPY that fails midway leaves the connection usable`() async throws {
        try await TestDatabase.lend { database in
            try await database.script("CREATE TABLE few (n int CHECK (n < 5))")
            try await database.pool.withConnection { connection in
                let error = await #expect(throws: PostgresError.self) {
                    try await connection.copyIn(
                        PostgresStatement("COPY few FROM STDIN (FORMAT binary)")
                    ) { writer in
                        for n in 0..<10 { writer.row(Int32(n)) }
                        return false
                    }
                }
                #expect(error?.sqlState == "23514")
                await #expect(throws: PostgresError.self) {
                    try await connection.copyIn(
                        PostgresStatement("COPY few FROM STDIN (FORMAT binary)")
                    ) {
                        _ throws(PostgresError) in
                        throw PostgresError(.decoding, "the caller gave up")
                    }
                }
                let rows = try await connection.query(PostgresStatement("SELECT count(*) FROM few"))
                #expect(try rows[0].decode(0, as: Int.self) == 0)
            }
        }
    }

    @Test func `a server error contains its SQL state and constraint`() async throws {
        try await TestDatabase.lend { database in
            try await database.script("CREATE TABLE one (n int CONSTRAINT only_one UNIQUE)")
            let insert = PostgresStatement("INSERT INTO one VALUES ($1)", Int32(1))
            _ = try await database.pool.query(insert)
            let error = await #expect(throws: PostgresError.self) {
                try await database.pool.query(insert)
            }
            #expect(error?.sqlState == "23505")
            #expect(error?.constraint == "only_one")
            #expect(error?.isTransient == false)
        }
    }

    @Test func `a pipeline commits as a whole or not at all`() async throws {
        try await TestDatabase.lend { database in
            try await database.script("CREATE TABLE n (n int PRIMARY KEY)")
            func insert(_ n: Int32) -> PostgresStatement {
                PostgresStatement("INSERT INTO n VALUES ($1)", n)
            }
            await #expect(throws: PostgresError.self) {
                try await database.pool.pipeline([insert(1), insert(2), insert(1)])
            }
            #expect(try await database.texts("SELECT count(*) FROM n") == ["0"])
            let answers = try await database.pool.pipeline([insert(1), insert(2)])
            #expect(answers.map(\.affectedRows) == [1, 1])
        }
    }

    @Test func `a transaction that throws is rolled back`() async throws {
        struct Stop: Error {}
        try await TestDatabase.lend { database in
            try await database.script("CREATE TABLE n (n int)")
            await #expect(throws: Stop.self) {
                try await database.pool.transaction { connection in
                    _ = try await connection.query(PostgresStatement("INSERT INTO n VALUES (1)"))
                    throw Stop()
                }
            }
            #expect(try await database.texts("SELECT count(*) FROM n") == ["0"])
        }
    }

    @Test(.timeLimit(.minutes(5)))
    func `a cancelled task cancels its statement on the server`() async throws {
        try await TestDatabase.lend { database in
            let running =
                "SELECT count(*) FROM pg_stat_activity WHERE query = 'SELECT pg_sleep(600)'"
                + " AND state = 'active' AND datname = current_database()"
            let sleep = Task {
                try await database.pool.query(PostgresStatement("SELECT pg_sleep(600)"))
            }
            while try await database.texts(running) != ["1"] { await Task.yield() }
            sleep.cancel()
            let error = await #expect(throws: PostgresError.self) { _ = try await sleep.value }
            #expect(error?.kind == .cancelled)
            #expect(try await database.texts(running) == ["0"])
        }
    }

    @Test func `a statement that takes too long is ended by the server`() async throws {
        let pool = try pool(statementTimeout: .milliseconds(50))
        let error = await #expect(throws: PostgresError.self) {
            try await pool.query(PostgresStatement("SELECT pg_sleep(60)"))
        }
        #expect(error?.sqlState == "57014")
        #expect(error?.isTransient == true)
        await pool.close()
    }

    @Test(.timeLimit(.minutes(5)))
    func `the server ends an idle transaction and releases its locks`() async throws {
        try await TestDatabase.lend { database in
            try await database.script("CREATE TABLE t (n int); INSERT INTO t VALUES (1)")
            let frozen = PostgresPool(
                PostgresConfiguration(
                    conninfo: database.url, idleTransactionTimeout: .seconds(2)))
            await #expect(throws: PostgresError.self) {
                try await frozen.transaction { connection in
                    _ = try await connection.query(PostgresStatement("UPDATE t SET n = 2"))
                    // Waits for the row's lock, which only the server's limit releases.
                    try await database.script("UPDATE t SET n = 3")
                    _ = try await connection.query(PostgresStatement("SELECT 1"))
                }
            }
            #expect(try await database.texts("SELECT n FROM t") == ["3"])
            await frozen.close()
        }
    }

    @Test func `a caller that waits too long for a connection gets an error`() async throws {
        let pool = try pool(connections: 1, acquireTimeout: .milliseconds(50))
        try await pool.withConnection { _ in
            let error = await #expect(throws: PostgresError.self) {
                try await pool.query(PostgresStatement("SELECT 1"))
            }
            #expect(error?.kind == .pool)
        }
        _ = try await pool.query(PostgresStatement("SELECT 1"))
        await pool.close()
    }

    @Test(.timeLimit(.minutes(5)))
    func `a cancelled caller stops waiting for a connection`() async throws {
        let pool = try pool(connections: 1)
        try await pool.withConnection { _ in
            let waiting = Task.immediate { try await pool.query(PostgresStatement("SELECT 1")) }
            waiting.cancel()
            let error = await #expect(throws: PostgresError.self) { try await waiting.value }
            #expect(error?.kind == .cancelled)
        }
        await pool.close()
    }

    @Test(.timeLimit(.minutes(5)))
    func `pages can be read again after a caller was cancelled between two pages`() async throws {
        let pool = try pool(connections: 1)
        let query = PostgresStatement("SELECT generate_series(1, 10)")
        let (firstPage, continuation) = AsyncStream.makeStream(of: Void.self)
        let reading = Task {
            try await pool.withConnection { connection in
                try await connection.eachPage(of: query, rows: 2) { _ in
                    continuation.yield()
                    try await Task.sleep(for: .seconds(3600))
                }
            }
        }
        for await _ in firstPage { break }
        reading.cancel()
        await #expect(throws: (any Error).self) { try await reading.value }
        let count = Mutex(0)
        try await pool.withConnection { connection in
            try await connection.eachPage(of: query, rows: 2) { page in
                count.withLock { $0 += page.count }
            }
        }
        #expect(count.withLock { $0 } == 10)
        await pool.close()
    }

    @Test(.timeLimit(.minutes(5)))
    func `a closed pool refuses callers, also those that wait`() async throws {
        let pool = try pool(connections: 1)
        try await pool.withConnection { connection in
            let waiting = Task.immediate { try await pool.query(PostgresStatement("SELECT 1")) }
            await pool.close()
            for refused in [waiting, Task { try await pool.query(PostgresStatement("SELECT 1")) }] {
                let error = await #expect(throws: PostgresError.self) { try await refused.value }
                #expect(error?.kind == .pool)
            }
            // A lent connection remains usable until it is returned.
            _ = try await connection.query(PostgresStatement("SELECT 1"))
        }
    }

    @Test(.timeLimit(.minutes(5)))
    func `many tasks share few connections`() async throws {
        let pool = try pool(connections: 3)
        let sum = try await withThrowingTaskGroup { group in
            for n in 1...200 {
                group.addTask {
                    try await pool.query(PostgresStatement("SELECT $1::integer", Int32(n)))[0]
                        .decode(0, as: Int.self)
                }
            }
            return try await group.reduce(0, +)
        }
        #expect(sum == 20100)
        await pool.close()
    }

    @Test func `the pool recovers after the server ends all its connections`() async throws {
        try await TestDatabase.lend { database in
            _ = try await database.texts("SELECT 1")
            let admin = try pool(connections: 1)
            _ = try await admin.query(
                PostgresStatement(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1",
                    String(database.url.split(separator: "/").last!)))
            var failures = 0
            while failures < 10 {
                do {
                    #expect(try await database.texts("SELECT 1") == ["1"])
                    break
                } catch let error as PostgresError {
                    #expect(error.isTransient, "\(error)")
                    failures += 1
                }
            }
            #expect(failures < 10)
            await admin.close()
        }
    }

    @Test func `an unreachable server gives a clear error`() async {
        let pool = PostgresPool(
            PostgresConfiguration(conninfo: "host=127.0.0.1 port=1 dbname=x"))
        let error = await #expect(throws: PostgresError.self) {
            try await pool.query(PostgresStatement("SELECT 1"))
        }
        #expect(error?.kind == .connection)
        #expect(error?.message.contains("refused") == true, "\(error?.message ?? "")")
        await pool.close()
    }

    @Test func `libpq enforces the TLS settings of the connection string`() async throws {
        // The test server does not support TLS, so a client that requires it is refused.
        let url = try TestDatabase.serverURL()
        let insisting = url + (url.contains("?") ? "&" : "?") + "sslmode=verify-full"
        let pool = PostgresPool(PostgresConfiguration(conninfo: insisting))
        let error = await #expect(throws: PostgresError.self) {
            try await pool.query(PostgresStatement("SELECT 1"))
        }
        #expect(
            error?.message.contains("root certificate") == true
                || error?.message.contains("SSL") == true, "\(error?.message ?? "")")
        await pool.close()
    }

    @Test func `notices reach the program`() async throws {
        let notices = Mutex<[String]>([])
        let pool = try pool(onNotice: { notice in notices.withLock { $0.append(notice) } })
        _ = try await pool.query(
            PostgresStatement("DROP TABLE IF EXISTS there_is_no_such_table"))
        #expect(notices.withLock { $0 }.contains { $0.contains("there_is_no_such_table") })
        await pool.close()
    }

    @Test func `a parameter that was NULL can have a value in the next call`() async throws {
        let pool = try pool(connections: 1)
        for number in [nil, 7, nil, 8] as [Int?] {
            let rows = try await pool.query(
                PostgresStatement("SELECT coalesce($1::integer, 0)", number))
            #expect(try rows[0].decode(0, as: Int.self) == number ?? 0)
        }
        await pool.close()
    }

    @Test func `statements beyond the limit of prepared statements still run`() async throws {
        let pool = try pool(connections: 1)
        for n in 0..<300 {
            let rows = try await pool.query(PostgresStatement("SELECT \(n)"))
            #expect(try rows[0].decode(0, as: Int.self) == n)
        }
        let kept = try await pool.query(
            PostgresStatement("SELECT count(*) FROM pg_prepared_statements"))
        #expect(try kept[0].decode(0, as: Int.self) == 256)
        await pool.close()
    }
}
