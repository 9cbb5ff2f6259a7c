import Domain
import FoundationEssentials
import JobStorePostgres
import Pipeline
import Postgres
import TestCluster

/// Measures capacity: connections, bytes per job, concurrent jobs.
@MainActor
struct RoomFigures {
    let bench: FigureBench
    let database: TrialDatabase

    private static let application = "pool-of-20"
    private static let connections = 20
    nonisolated private static let turns = 100

    func measure() async throws {
        try await lendConnections()
        try await weighJobs()
        try await claimAtOnce()
    }

    /// Runs as many callers as connections, each of which repeats a lookup.
    private func lendConnections() async throws {
        let pool = PostgresPool(
            PostgresConfiguration(
                conninfo: database.url, applicationName: Self.application,
                connectionsMax: Self.connections))
        let watch = LockWatch(url: database.url)
        async let waits = watch.run()
        let times = try await Self.waits(for: pool)
        let sessions = try await database.number(
            """
            SELECT count(*) FROM pg_stat_activity
            WHERE datname = current_database() AND application_name = '\(Self.application)'
            """)
        watch.stop()
        let quantiles = times.quantiles
        bench.add(
            Figure(
                name: "connection pool of 20", there: "no contention",
                statement: "20 callers, 100 lookups each",
                text: """
                    wait for a connection p50 \(quantiles.median.short) ms, p99 \
                    \(quantiles.p99.short) ms; \(sessions) sessions; \
                    lock waits sampled: \(try await waits.text)
                    """))
        await pool.close()
    }

    /// Milliseconds that callers waited for a connection. Each caller's first wait is left out,
    /// because it opens the connection.
    private static func waits(for pool: PostgresPool) async throws -> [Double] {
        let lookup = FigureBench.Jobs.holdsClaim(UUID(), UUID())
        return try await withThrowingTaskGroup(of: [Double].self) { group in
            for _ in 0..<connections {
                group.addTask {
                    var times: [Double] = []
                    for turn in 0..<turns {
                        let start = ContinuousClock.now
                        let wait = try await pool.withConnection { connection in
                            let wait = start.duration(to: .now) / .milliseconds(1)
                            _ = try await connection.query(lookup)
                            return wait
                        }
                        if turn > 0 { times.append(wait) }
                    }
                    return times
                }
            }
            var all: [Double] = []
            for try await some in group { all += some }
            return all
        }
    }

    private func weighJobs() async throws {
        let row = try await database.number(
            "SELECT avg(pg_column_size(j.*))::int FROM upload_pipeline.upload_jobs j")
        let table = try await database.number(
            """
            SELECT pg_relation_size('upload_pipeline.upload_jobs') / count(*)
            FROM upload_pipeline.upload_jobs
            """)
        let indexes = try await database.number(
            """
            SELECT pg_indexes_size('upload_pipeline.upload_jobs') / count(*)
            FROM upload_pipeline.upload_jobs
            """)
        bench.add(
            Figure(
                name: "memory per job", there: "<1 KB", statement: "a row of upload_jobs",
                text: "\(row) bytes; with free space \(table), its index entries \(indexes)"))
    }

    /// Six sessions claim at once.
    private func claimAtOnce() async throws {
        let pool = PostgresPool(
            PostgresConfiguration(conninfo: database.url, connectionsMax: 6, plansOnce: true))
        let store = PostgresJobStore(pool: pool)
        try await EmbedJobs.insert(6, into: database)
        let claimed = try await withThrowingTaskGroup(of: Int.self) { group in
            for worker in 1...6 {
                group.addTask {
                    try await store.claimWaiting(
                        ClaimLimits(1), from: .embed, as: "worker-\(worker)", on: ClaimTerms()
                    ).count
                }
            }
            var sum = 0
            for try await count in group { sum += count }
            return sum
        }
        let working = try await database.count(
            "upload_pipeline.upload_jobs WHERE state = 'working'")
        await pool.close()
        bench.add(
            Figure(
                name: "jobs at once", there: "6", statement: "six sessions claim at once",
                text: "\(claimed) claimed, \(working) at work; scenario 11 has more"))
    }
}
