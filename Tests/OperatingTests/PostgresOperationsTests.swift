import Domain
import FoundationEssentials
import JobStorePostgres
import Operating
import Pipeline
import Postgres
import QueryPostgres
import Querying
import TestSupport
import Testing

@testable import OperationsPostgres

/// What operators read, on a real database.
@Suite(.timeLimit(.minutes(5))) struct PostgresOperationsTests {
    @Test func `the status counts jobs, waits, ends and providers`() async throws {
        try await TestDatabase.lend { database in
            _ = try await database.seedJobs(2)
            _ = try await database.seedJob(Position(.parsing, .deadletter))
            try await database.script(
                """
                INSERT INTO upload_pipeline.provider_states (worker, provider, health, reason)
                VALUES ('w1', 'openai', 'open', 'no credit'), ('w2', 'openai', 'open', 'no credit'),
                    ('w3', 'openai', 'closed', NULL);
                INSERT INTO upload_pipeline.provider_states (worker, provider, health, updated_at)
                VALUES ('gone', 'openai', 'closed', now() - interval '2 minutes');
                """)
            let status = try await database.operations.status()
            #expect(
                status.gauges.jobs.filter { $0.value > 0 } == [
                    Position(.queued, .queued): 2, Position(.parsing, .deadletter): 1,
                ])
            #expect(Set(status.gauges.oldestWaitingSeconds.keys) == Set(WorkQueue.allCases))
            #expect(status.gauges.oldestWaitingSeconds[.parse, default: 0] > 0)
            #expect((status.finishedPerMinute, status.deadLetteredPerMinute) == (0, 0.2))
            let providers = status.providers.map {
                "\($0.name) \($0.health) \($0.programs) \($0.reason ?? "")"
            }
            #expect(providers == ["openai open 2 no credit", "openai closed 1 "])
        }
    }

    private static let tenants = [
        "00000000-0000-4000-8000-00000000000a", "00000000-0000-4000-8000-00000000000b",
    ]

    private func seedCalls(in database: TestDatabase) async throws {
        let (a, b) = (Self.tenants[0], Self.tenants[1])
        try await database.script(
            """
            INSERT INTO upload_pipeline.provider_calls
                (call_id, part, ts, operation, provider, model, user_id, document_id, units, bytes,
                 tokens, outcome)
            VALUES
                ('\(a)', 0, now(), 'embed', 'p', 'm', '\(a)', '\(a)', 3, 9, 30, 'ok'),
                ('\(a)', 1, now(), 'embed', 'p', 'm', '\(b)', '\(b)', 1, 9, 10, 'ok'),
                (gen_random_uuid(), 0, now(), 'query', 'p', 'm', '\(a)', NULL, 1, 9, 5, 'http_500'),
                (gen_random_uuid(), 0, now() - interval '9 days', 'parse', 'q', 'n', '\(b)', '\(b)',
                 7, 9, NULL, 'begun');
            """)
    }

    @Test(
        arguments: [
            (.tenant, ["\(tenants[0]) 2 4 35 5 1 0", "\(tenants[1]) 2 8 10 0 0 1"]),
            (.provider, ["p m 2 5 45 5 1 0", "q n 1 7 0 0 0 1"]),
            (
                .document,
                [
                    "\(tenants[0]) 1 3 30 0 0 0", "\(tenants[1]) 2 8 10 0 0 1",
                    "searches 1 1 5 5 1 0",
                ]
            ),
            (.outcome, ["ok 1 4 40 0 0 0", "http_500 1 1 5 5 1 0", "begun 1 7 0 0 0 1"]),
        ] as [(SpendGrouping, [String])])
    func `spend is summed by a key, the most tokens first`(
        grouping: SpendGrouping, expected: [String]
    ) async throws {
        try await TestDatabase.lend { database in
            try await seedCalls(in: database)
            let sums = try await database.operations.spend(
                by: grouping, of: nil, within: .seconds(30 * 86_400), limit: 9)
            #expect(sums.map(text) == expected)
            let first = try await database.operations.spend(
                by: grouping, of: nil, within: .seconds(30 * 86_400), limit: 1)
            #expect(first == [sums[0]])
        }
    }

    @Test func `spend is limited to a tenant and to a window`() async throws {
        try await TestDatabase.lend { database in
            try await seedCalls(in: database)
            let operations = database.operations
            let own = try await operations.spend(
                by: .tenant, of: TenantID(Self.tenants[1]), within: .seconds(86_400), limit: 9)
            #expect(own.map(text) == ["\(Self.tenants[1]) 1 1 10 0 0 0"])
            let days = try await operations.spend(
                by: .day, of: nil, within: .seconds(30 * 86_400), limit: 9)
            #expect(days.count == 2)
        }
    }

    private func text(_ sum: Spend) -> String {
        "\(sum.key) \(sum.callCount) \(sum.unitCount) \(sum.tokens) \(sum.wastedTokens) "
            + "\(sum.failedCallCount) \(sum.unknownCallCount)"
    }

    @Test func `an operator's audit finds what the reconciler's finds`() async throws {
        try await TestDatabase.lend { database in
            let job = try await database.seedJob()
            #expect(try await database.operations.audit(of: .seconds(60)) == [])
            try await database.script("DELETE FROM upload_pipeline.events")
            let found = try await database.operations.audit(of: .seconds(60))
            #expect(found == (try await database.store.audit(of: .seconds(60))))
            #expect(found.contains { $0.subject == "\(job)" })
        }
    }

    @Test func `an audit has connections and a time limit of its own`() async throws {
        try await TestDatabase.lend { database in
            let closed = PostgresPool(PostgresConfiguration(conninfo: database.url))
            await closed.close()
            let operations = PostgresOperations(pool: closed, audits: database.pool)
            #expect(try await operations.audit(of: .seconds(60)) == [])
            let audit = PipelineAudit(
                invariants: operations, names: operations, blobs: EmptyStore(), limit: .seconds(60))
            let report = try await audit.run(AuditScope(window: nil, includesBlobs: true))
            #expect(report.isSound)
        }
    }

    @Test(arguments: [
        ("22008", QueryError.Kind.refused), ("54001", .refused), ("57014", .timeout),
        ("53300", .unavailable), ("57P03", .unavailable), ("40001", .unavailable),
        ("55P03", .unavailable), ("42501", .fault), ("42P01", .fault),
    ])
    func `each class of the server's errors has its kind`(state: String, kind: QueryError.Kind) {
        #expect(QueryError(PostgresError(.server, "m", sqlState: state)).kind == kind)
    }

    @Test func `a status that cannot be read is not always a server that is away`() async throws {
        try await TestDatabase.lend { database in
            try await database.script("ALTER TABLE upload_pipeline.job_counts RENAME TO gone")
            let error = await #expect(throws: QueryError.self) {
                try await database.operations.status()
            }
            #expect(error?.kind == .fault)
            let closed = PostgresPool(PostgresConfiguration(conninfo: database.url))
            await closed.close()
            let busy = await #expect(throws: QueryError.self) {
                try await PostgresOperations(pool: closed).status()
            }
            #expect(busy?.kind == .busy)
        }
    }

    @Test func `a closed pool, a server that is away and a slow statement differ`()
        async throws
    {
        try await TestDatabase.lend { database in
            let closed = PostgresPool(PostgresConfiguration(conninfo: database.url))
            await closed.close()
            let gone = PostgresPool(
                PostgresConfiguration(conninfo: "host=127.0.0.1 port=1 dbname=x"))
            let hasty = PostgresPool(
                PostgresConfiguration(
                    conninfo: database.url, statementTimeout: .milliseconds(200)))
            let lock = Task {
                try await database.pool.transaction { connection in
                    _ = try await connection.query(
                        PostgresStatement("LOCK upload_pipeline.upload_jobs"))
                    try await Task.sleep(for: .seconds(600))
                }
            }
            while try await database.texts(
                "SELECT 1 FROM pg_locks WHERE mode = 'AccessExclusiveLock'"
                    + " AND relation = 'upload_pipeline.upload_jobs'::regclass AND granted"
            ).isEmpty {
                try await Task.sleep(for: .milliseconds(10))
            }
            for (pool, kind) in [
                (closed, QueryError.Kind.busy), (gone, .unavailable), (hasty, .timeout),
            ] {
                let error = await #expect(throws: QueryError.self) {
                    try await PostgresOperations(pool: pool)
                        .countDeadLetters(DeadLetterFilter())
                }
                #expect(error?.kind == kind)
            }
            lock.cancel()
            _ = await lock.result
            await gone.close()
            await hasty.close()
        }
    }
}
