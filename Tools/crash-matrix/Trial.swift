import LocalCluster
import FoundationEssentials
import Glibc
import TestCluster

/// One run of a cluster, with or without a fault, until all its documents have ended.
@MainActor
struct Trial {
    let scenario: Scenario
    let target: String
    let fault: Fault?
    let cluster: TestCluster
    let database: TrialDatabase

    static let lease = Duration.seconds(1)

    /// The environment of every program.
    static func settings(_ scenario: Scenario, _ site: TestCluster.Site) -> [String: String] {
        var settings = [
            "MILLRACE_LEASE": "1s", "MILLRACE_HEARTBEAT_INTERVAL": "300ms",
            "MILLRACE_RETRY_BASE": "250ms",
            "MILLRACE_IDLE_WAIT": "100ms", "MILLRACE_DRAIN_GRACE": "5s",
            "MILLRACE_POSTGRES_CONNECTIONS": "3", "MILLRACE_LOOKUP_CONNECTIONS": "1",
        ]
        // The model is slow enough to be interrupted; feature hashing takes no time.
        if scenario == .shutdown { settings["MILLRACE_MINILM_PATH"] = site.runtime + "/minilm" }
        if site.kafkaBrokers == nil {
            // The embedded broker rebalances only after a session timeout.
            settings["MILLRACE_KAFKA_PROPERTIES"] =
                "session.timeout.ms=3000;heartbeat.interval.ms=500"
        } else {
            settings["MILLRACE_TOPIC_PREFIX"] = "trial-\(UUID().uuidString.prefix(8).lowercased())"
        }
        return settings
    }

    /// - Parameter order: the target's `MILLRACE_FAIL_POINT`.
    /// - Returns: how long it took from the fault until all documents had ended.
    func run(order: String) async throws -> Duration {
        defer { cluster.killAll() }
        if cluster.hasOwnBroker {
            try cluster.start("embedded-broker")
            try await cluster.waitUntilReady(["embedded-broker"])
        }
        let companions = scenario.companions(of: target)
        for program in companions { try cluster.start(program) }
        try await cluster.waitUntilReady(companions)
        if scenario == .drift { try await makeDrift() }
        try cluster.start(
            target, scenario.settings.merging(["MILLRACE_FAIL_POINT": order]) { $1 })
        if scenario != .drift { try await upload() }
        if scenario == .shutdown { try await shutDown() }
        if fault != nil { try await waitForFault() }
        let start = ContinuousClock.now
        try await takeOver()
        try await waitForEnd()
        let taken = start.duration(to: .now)
        try await dismissTarget(since: start)
        try await check()
        return taken
    }

    private var successor: String { target + "-2" }

    // MARK: The way to the fault

    private func file() throws -> String {
        let (name, text) = scenario.document
        let path = "\(cluster.directory)/\(name)"
        try Data(text.utf8).write(to: URL(filePath: path))
        return path
    }

    /// Uploads the document and retries until it is acknowledged. If the API itself meets the
    /// fault, a second API receives the retries.
    private func upload() async throws {
        let file = try file()
        guard target == "ingest-api", fault != nil else {
            try await cluster.waitUntilReady(["ingest-api"])
            return try await cluster.until("the upload is accepted") {
                try await cluster.submit(file)
            }
        }
        try await cluster.waitUntilReady([target])
        let first = Task { try await cluster.submit(file) }
        try await waitForFault()
        cluster.abandon("client")
        _ = try await first.value
        try cluster.start(target, as: successor)
        try await cluster.waitUntilReady([successor])
        try await cluster.until("the upload is accepted") {
            try await cluster.submit(file, to: successor)
        }
    }

    /// Sends SIGTERM to the target in the middle of its work, or once the fault has happened.
    private func shutDown() async throws {
        try await cluster.until("vectors are staged") {
            let staged = try await database.texts(
                "SELECT 1 FROM upload_pipeline.document_vector_buffer LIMIT 1")
            return !staged.isEmpty || cluster.exit(of: target) != nil || cluster.isStopped(target)
        }
        cluster.signal(target, SIGTERM)
    }

    private func waitForFault() async throws {
        try await cluster.until("the \(target) has reached its \(fault?.rawValue ?? "end")") {
            if let exit = cluster.exit(of: target) {
                guard exit == .signal(SIGKILL) else { throw TrialFailure("\(target) \(exit)") }
                return true
            }
            return cluster.isStopped(target)
        }
    }

    // MARK: The way on

    private func takeOver() async throws {
        var newcomers = scenario.latecomers
        if target != "ingest-api", fault != nil || scenario == .shutdown {
            try cluster.start(target, as: successor)
            newcomers.append(successor)
        }
        for program in scenario.latecomers { try cluster.start(program) }
        try await cluster.waitUntilReady(newcomers)
    }

    private func waitForEnd() async throws {
        try await cluster.until("all documents have ended", within: .seconds(120)) {
            try await database.texts(
                "SELECT count(*) FROM upload_pipeline.upload_jobs WHERE finished_at IS NULL"
            ) == ["0"]
        }
    }

    /// Waits until the words of all chunks are counted.
    private func waitForCounts() async throws {
        try await cluster.until("the words are counted", within: .seconds(120)) {
            try await database.texts("SELECT 1 FROM upload_pipeline.word_changes LIMIT 1").isEmpty
        }
    }

    /// Wakes a stopped target after twice its lease, when another worker has taken over its claims.
    /// Then sends SIGTERM, on which the target must exit with code 0.
    private func dismissTarget(since start: ContinuousClock.Instant) async throws {
        switch fault {
        case .kill: return
        case .stop:
            try await ContinuousClock().sleep(until: start + Self.lease * 2, tolerance: nil)
            cluster.signal(target, SIGCONT)
            if scenario != .shutdown { try await cluster.waitUntilReady([target]) }
        case nil where scenario == .drift:
            try await cluster.until("the target has deleted the blob") {
                cluster.logText(of: target).contains("fail point: after blob delete")
            }
        case nil where target == "flusher": try await waitForCounts()
        case nil: break
        }
        cluster.signal(target, SIGTERM)
        try await cluster.until("the target has stopped after SIGTERM") {
            guard let exit = cluster.exit(of: target) else { return false }
            guard exit == .code(0) else { throw TrialFailure("\(target) \(exit)") }
            return true
        }
    }

    /// Checks that every document ended where it should, once, that no claim wrote after its lease
    /// expired or its worker died, that each word is counted once, and that the audit is clean.
    private func check() async throws {
        let ends = try await database.texts(
            """
            SELECT j.stage || '/' || j.state || ' ' || coalesce(j.expected_chunks = n.n, n.n = 0)
            FROM upload_pipeline.documents d LEFT JOIN upload_pipeline.upload_jobs j
                USING (document_id), LATERAL (SELECT count(*) AS n
                FROM upload_pipeline.document_chunks c WHERE c.document_id = d.document_id) AS n
            """)
        let expected = Array(
            repeating: scenario.end + " true", count: scenario == .drift ? 4 : 1)
        guard ends == expected else { throw TrialFailure("the documents ended as \(ends)") }
        let late = try await database.texts(
            """
            SELECT late.payload FROM upload_pipeline.events AS ended
            JOIN upload_pipeline.events AS late ON late.job_id = ended.job_id
                AND late.event_id > ended.event_id
                AND late.payload ->> 'claim_id' = ended.payload ->> 'claim_id'
            WHERE ended.code IN ('lease_expired', 'worker_died', 'released')
            """)
        guard late.isEmpty else { throw TrialFailure("a claim wrote after its end: \(late)") }
        try await waitForCounts()
        let miscounted = try await database.texts(
            """
            SELECT lexeme FROM upload_pipeline.word_counts counted FULL JOIN (
                SELECT user_id, space_id, lexeme, count(*) AS chunks
                FROM upload_pipeline.chunk_words, unnest(tsvector_to_array(words)) AS lexeme
                WHERE lexeme NOT LIKE '@%' GROUP BY 1, 2, 3) AS stored
                USING (user_id, space_id, lexeme)
            WHERE counted.chunks IS DISTINCT FROM stored.chunks LIMIT 5
            """)
        guard miscounted.isEmpty else { throw TrialFailure("miscounted words: \(miscounted)") }
        let findings = try await TrialAudit.findings(in: cluster.databaseURL)
        guard findings.isEmpty else { throw TrialFailure("the audit found: \(findings)") }
    }
}
