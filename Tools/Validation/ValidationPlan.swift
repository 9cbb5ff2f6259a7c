import FoundationEssentials
package import TestCluster

/// Where the scenarios run and how large they are.
package struct ValidationPlan: Sendable {
    package var site: TestCluster.Site
    /// URL of a PostgreSQL server on which the user can create databases.
    package var server: String
    /// The server's log, from which statement times are read. If `nil`, nothing is timed.
    package var serverLog: ServerLog?
    /// The folder of the clusters' files.
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
        // The embedded broker rebalances only after a session timeout.
        "MILLRACE_KAFKA_PROPERTIES": "session.timeout.ms=6000;heartbeat.interval.ms=500",
    ]

    /// Lends a cluster without running programs, with its own database.
    @MainActor
    func withCluster<R: Sendable>(
        _ name: String, _ settings: [String: String] = [:],
        _ body: (TestCluster, TrialDatabase) async throws -> R
    ) async throws -> R {
        let folder = directory + "/" + name
        return try await TrialDatabase.withTemporary(on: server) { database in
            let cluster = try TestCluster(
                site, directory: folder, databaseURL: database.url,
                settings: Self.settings.merging(settings) { $1 })
            defer { cluster.killAll() }
            return try await body(cluster, database)
        }
    }
}

/// The sizes of a run.
package struct Scale: Sendable {
    /// Documents to upload where a few are enough.
    var documents: Int
    /// Rows per write method, and per document.
    var rows: Int
    var rowsPerDocument: Int
    /// Documents uploaded at once, and the clients that upload them.
    var uploads: Int
    var clients: Int
    /// Workers that claim at once, and the jobs that they claim.
    var workers: Int
    var jobs: Int
    /// Numbers of workers of the curve, and jobs per worker.
    var levels: [Int]
    var jobsPerWorker: Int
    var providerMilliseconds: Int
    /// Attempts of a job whose provider does not answer.
    var attempts: Int
    var chaos: Duration
    var pauseOfChaos: Duration
    /// Whether killing programs is the only fault of the chaos run.
    var hasKillsAlone: Bool

    /// The sizes of the earlier system's acceptance.
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
