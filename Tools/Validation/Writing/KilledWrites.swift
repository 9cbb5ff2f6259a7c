import Domain
import JobStorePostgres
import Postgres
import TestCluster

/// Ends a writer's session halfway through a document, and checks which rows exist afterwards.
@MainActor
struct KilledWrites {
    let plan: ValidationPlan
    let rows: SampleRows

    private var half: Int { rows.rowsPerDocument / 2 }

    func check(_ method: WriteMethods.Method, _ checks: Checks) async throws {
        let one = SampleRows(documents: 1, rowsPerDocument: rows.rowsPerDocument)
        try await TrialDatabase.withTemporary(on: plan.server) { database in
            try await one.seed(database, withJobs: method == .buffered)
            let name = "\(method.rawValue), ended after \(half) of \(one.count) rows"
            switch method {
            case .buffered: try await checkBuffered(one, database, name, checks)
            case .rowWise, .copy:
                try await writeHalf(one, method, database)
                let left = try await visible(database)
                checks.equal("\(name): rows visible", left, method == .rowWise ? half : 0)
                checks.equal(
                    "\(name): jobs that would finish the document",
                    try await database.count("upload_pipeline.upload_jobs"), 0)
                checks.note("\(name): rows lost", "\(one.count - left)")
            }
        }
    }

    /// Half of the vectors are staged when the session ends. The claim ends like that of any dead
    /// worker, and the next worker adds the missing vectors.
    private func checkBuffered(
        _ rows: SampleRows, _ database: TrialDatabase, _ name: String, _ checks: Checks
    ) async throws {
        let pool = WriteMethods.session(database.url)
        let first = BufferedWrites(rows: rows, store: PostgresJobStore(pool: pool))
        try await first.chunk()
        let job = try await first.claim(.embed)
        let ords = try await first.pending(job)
        try await first.stage(Array(ords.prefix(half)), of: job, areLast: false)
        try await end(pool, database)
        await pool.close()
        checks.equal("\(name): rows visible", try await visible(database), 0)
        let other = WriteMethods.session(database.url)
        let second = BufferedWrites(rows: rows, store: PostgresJobStore(pool: other))
        try await endClaim(second.store)
        let added = try await second.embed(try await second.claim(.embed))
        try await second.flush()
        await other.close()
        checks.equal("\(name): vectors embedded again by the next worker", added, rows.count - half)
        checks.equal("\(name): rows at the end", try await visible(database), rows.count)
    }

    /// Ends the claim once its lease has expired, as the reconciler does.
    private func endClaim(_ store: PostgresJobStore) async throws {
        let limit = ContinuousClock.now + .seconds(30)
        let retry = RetryPolicy(base: .zero, cap: .zero)
        while try await store.expireLeases(limit: 10, retry: retry) == 0 {
            guard ContinuousClock.now < limit else { throw TrialFailure("the claim never ends") }
            try await Task.sleep(for: .milliseconds(50))
        }
        guard try await store.resumeDueRetries(limit: 10).count == 1 else {
            throw TrialFailure("the retry is not due")
        }
    }

    /// Uses one connection, so that ending its session ends the writer.
    private func writeHalf(
        _ rows: SampleRows, _ method: WriteMethods.Method, _ database: TrialDatabase
    ) async throws {
        let pool = WriteMethods.session(database.url)
        let direct = DirectWrites(rows: rows, pool: pool)
        let document = try await direct.documents()[0]
        let rest = half..<rows.count
        var wasEnded = false
        do {
            try await pool.withConnection { connection in
                if method == .rowWise {
                    try await direct.insert(0..<half, of: document, over: connection)
                } else {
                    _ = try await connection.query(PostgresStatement("BEGIN"))
                    try await direct.copy(0..<half, of: document, over: connection)
                }
                try await end(connection, database)
                wasEnded = true
                if method == .rowWise {
                    try await direct.insert(rest, of: document, over: connection)
                } else {
                    try await direct.copy(rest, of: document, over: connection)
                }
            }
        } catch let error as PostgresError where wasEnded && error.affectsEveryStatement {
            return await pool.close()
        }
        throw TrialFailure("the ended session wrote on")
    }

    private func visible(_ database: TrialDatabase) async throws -> Int {
        try await database.count("upload_pipeline.document_chunks")
    }

    private func end(_ pool: PostgresPool, _ database: TrialDatabase) async throws {
        try await pool.withConnection { try await end($0, database) }
    }

    /// Ends the session as the death of its client or of its server process would.
    private func end(_ connection: PostgresConnection, _ database: TrialDatabase) async throws {
        let rows = try await connection.query(PostgresStatement("SELECT pg_backend_pid()"))
        guard let row = rows.first else { throw TrialFailure("no backend") }
        let process: Int32 = try row.decode(0)
        // Waits up to ten seconds for the end of the process.
        let ended = try await database.texts("SELECT pg_terminate_backend(\(process), 10000)")
        guard ended == ["true"] else { throw TrialFailure("the session did not end") }
    }
}
