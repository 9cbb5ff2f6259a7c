import Domain
import JobStorePostgres
import Pipeline
import Postgres
import TestSupport
import Testing

/// Sessions of worker processes, and how their loss is detected.
@Suite(.timeLimit(.minutes(5))) struct WorkerSessionTests {
    /// A worker process: a store whose claims name its session.
    private struct Worker {
        let pool: PostgresPool
        let store: PostgresJobStore
        let holding: Task<Void, Never>

        init(_ database: TestDatabase) {
            let pool = PostgresPool(
                PostgresConfiguration(conninfo: database.url, connectionsMax: 1))
            let session = WorkerSession(pool: pool, logger: TestBroker.silent)
            self.pool = pool
            store = PostgresJobStore(pool: database.pool, session: session)
            holding = Task { await session.hold() }
        }

        /// Claims once the session is connected; the test's time limit bounds the wait.
        func claim(_ database: TestDatabase) async throws -> JobID {
            while true {
                let job = try await database.seedJob()
                _ = try await store.claim([job], from: .parse, as: "w", on: ClaimTerms())
                let named = try await database.texts(
                    "SELECT worker_session FROM upload_pipeline.upload_jobs "
                        + "WHERE job_id = '\(job)' AND worker_session IS NOT NULL")
                if !named.isEmpty { return job }
                try await Task.sleep(for: .milliseconds(10))
            }
        }

        /// Ends the session as the end of the process does.
        func die() async {
            holding.cancel()
            await holding.value
            await pool.close()
        }
    }

    private func waitForLostSession(_ database: TestDatabase) async throws -> Set<Int64> {
        while true {
            let lost = try await database.store.lostSessions()
            if !lost.isEmpty { return lost }
            try await Task.sleep(for: .milliseconds(10))
        }
    }

    @Test func `the claims of a dead worker end at once, and those of a live one remain`()
        async throws
    {
        try await TestDatabase.lend { database in
            let (live, dying) = (Worker(database), Worker(database))
            let kept = try await live.claim(database)
            let ended = try await dying.claim(database)
            #expect(try await database.store.lostSessions() == [])
            await dying.die()
            let lost = try await waitForLostSession(database)
            #expect(lost.count == 1)
            let count = try await database.store.endDeadClaims(
                of: lost, limit: 10, retry: RetryPolicy())
            #expect(count == 1)
            // The server has not restarted, so the job may have been the cause.
            #expect(try await database.position(ended) == "queued/retryable")
            #expect(try await database.position(kept) == "queued/working")
            #expect(
                try await database.texts(
                    "SELECT attempt || ' ' || (last_error ->> 'error_type') "
                        + "FROM upload_pipeline.upload_jobs WHERE job_id = '\(ended)'")
                    == ["1 worker_died"])
            await live.die()
        }
    }

    @Test func `a dead claim without a time of its claim ends, and the attempt counts`()
        async throws
    {
        try await TestDatabase.lend { database in
            let dying = Worker(database)
            let job = try await dying.claim(database)
            try await database.script("UPDATE upload_pipeline.upload_jobs SET claimed_at = NULL")
            await dying.die()
            let lost = try await waitForLostSession(database)
            let count = try await database.store.endDeadClaims(
                of: lost, limit: 10, retry: RetryPolicy())
            #expect(count == 1)
            #expect(
                try await database.texts(
                    "SELECT concat_ws(' ', state, interruptions, retry_count) "
                        + "FROM upload_pipeline.upload_jobs WHERE job_id = '\(job)'")
                    == ["retryable 0 1"])
        }
    }

    @Test func `a worker reopens its session after its connection is lost`() async throws {
        try await TestDatabase.lend { database in
            let worker = Worker(database)
            _ = try await worker.claim(database)
            _ = try await database.texts(
                """
                SELECT pg_terminate_backend(pid) FROM pg_locks
                WHERE locktype = 'advisory' AND granted AND database =
                    (SELECT oid FROM pg_database WHERE datname = current_database())
                """)
            _ = try await waitForLostSession(database)
            while try await !database.store.lostSessions().isEmpty {
                try await Task.sleep(for: .milliseconds(10))
            }
            await worker.die()
        }
    }
}
