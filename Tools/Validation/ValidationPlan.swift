import FoundationEssentials
package import TestCluster

/// Where the scenarios are carried out and how large they are.
package struct ValidationPlan: Sendable {
    package var site: TestCluster.Site
    /// URL of a PostgreSQL server on which databases may be made.
    package var server: String
    /// Log of that server, from which statement times are read; `nil`: nothing is timed.
    package var serverLog: ServerLog?
    /// Where clusters keep their files.
    package var directory: String
    package var scale: Scale

    package init(
        site: TestCluster.Site, server: String, serverLog: ServerLog?, directory: String,
        scale: Scale
    ) {
        self.site = site
        self.server = server
        self.serverLog = serverLog
        self.directory = directory
        self.scale = scale
    }

    /// Whether times count towards verdicts.
    var isTimed: Bool { serverLog != nil }

    /// Settings of all clusters: short waits, few connections.
    static let settings = [
        "MILLRACE_IDLE_WAIT": "200ms", "MILLRACE_POSTGRES_CONNECTIONS": "3",
        "MILLRACE_LOOKUP_CONNECTIONS": "2", "MILLRACE_DRAIN_GRACE": "5s",
        "MILLRACE_LOG_LEVEL": "warning", "MILLRACE_RETRY_BASE": "250ms",
        "MILLRACE_CHUNK_JOIN": "0",
        // The embedded broker rebalances once a member could have timed out.
        "MILLRACE_KAFKA_PROPERTIES": "session.timeout.ms=6000;heartbeat.interval.ms=500",
    ]

    /// Lends a cluster without running programs, with a database of its own.
    @MainActor
    func withCluster<R: Sendable>(
        _ name: String, _ settings: [String: String] = [:],
        _ body: (TestCluster, TrialDatabase) async throws -> R
    ) async throws -> R {
        let folder = directory + "/" + name
        return try await TrialDatabase.lend(on: server) { database in
            let cluster = try TestCluster(
                site, directory: folder, databaseURL: database.url,
                settings: Self.settings.merging(settings) { $1 })
            defer { cluster.endAll() }
            return try await body(cluster, database)
        }
    }
}

/// Counts of a run.
package struct Scale: Sendable {
    /// Documents uploaded where a few will do.
    var documents: Int
    /// Rows of each way of writing, and of each document among them.
    var rows: Int
    var rowsPerDocument: Int
    /// Uploads at once.
    var uploads: Int
    var clients: Int
    /// Workers that claim jobs at once.
    var workers: Int
    var jobs: Int
    /// Numbers of workers of the curve, and jobs for each worker.
    var levels: [Int]
    var jobsPerWorker: Int
    var providerMilliseconds: Int
    /// Attempts of a job whose provider does not answer.
    var attempts: Int
    var chaos: Duration
    var pauseOfChaos: Duration
    /// Whether chaos is kills of programs and no more.
    var hasKillsAlone: Bool

    /// As the earlier system was accepted.
    package static let full = Scale(
        documents: 40, rows: 10_000, rowsPerDocument: 1_000, uploads: 1_000, clients: 24,
        workers: 24, jobs: 2_000, levels: [1, 4, 8, 16, 24], jobsPerWorker: 60,
        providerMilliseconds: 100, attempts: 5, chaos: .seconds(60), pauseOfChaos: .seconds(1.5),
        hasKillsAlone: false)

    /// For tests: the same code in less time.
    package static let small = Scale(
        documents: 5, rows: 400, rowsPerDocument: 200, uploads: 60, clients: 8, workers: 5,
        jobs: 150, levels: [1, 3], jobsPerWorker: 10, providerMilliseconds: 50, attempts: 3,
        chaos: .seconds(6), pauseOfChaos: .seconds(1),
        hasKillsAlone: true)
}
