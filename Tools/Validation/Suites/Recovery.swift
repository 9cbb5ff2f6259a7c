import LocalCluster
import TestCluster

/// Recovery from failures: retries, and redrive after all attempts are spent.
@MainActor
struct Recovery {
    let plan: ValidationPlan
    let cluster: TestCluster
    let database: TrialDatabase
    let provider: String

    /// Seconds before the first retry of the job whose attempts are spent.
    private static let fastBase = 0.25
    private static let brokenPDF = "%PDF-1.7\n1 0 obj\n<< /Type /Catalog"

    /// - Parameters:
    ///   - late: a job that has failed twice, with delays from `slowBase` on.
    ///   - parser: the settings with which the parse-worker reaches the provider.
    func check(
        _ checks: Checks, _ late: Client.Accepted, slowBase: Double, _ parser: [String: String]
    ) async throws {
        let attempts = plan.scale.attempts
        checks.done = """
            Let the service respond again. Then uploaded a truncated PDF, and a document for \
            which the service does not respond during all \(attempts) attempts (base delay \
            0.25 s); redrove the latter with `millrace dead-letters redrive` when the service \
            responded again.
            """
        checks.expected = """
            retryable → queued → working → done; delays of 2^n × base ± 25 %; the permanent \
            error and the exhausted attempts end in deadletter; the redriven job ends in done.
            """
        try await Client.setFaults("", at: provider)
        try await cluster.add(["reconciler", "chunk-worker", "embed-worker", "flusher"])
        try await waitFor(late, "embedded/done")
        checks.equal(
            "states of the job while parsing", try await states(of: late),
            [
                "working", "retryable", "queued", "working", "retryable", "queued", "working",
            ])
        checks.equal(
            "final position", try await database.position(of: late.job_id), "embedded/done")
        try await delays(of: late, base: slowBase, count: 2, checks)

        try await Client.setFaults("hang=1", at: provider)
        try await cluster.end("parse-worker")
        try await cluster.add(
            ["parse-worker"], parser.merging(["MILLRACE_RETRY_BASE": "250ms"]) { $1 })
        let spent = try await cluster.client().upload("# Spent\n\nToo late.", as: "spent.md")
        let broken = try await cluster.client().upload(Self.brokenPDF, as: "broken.pdf")
        try await dies(broken, "malformed", attempts: 1, checks)
        try await dies(spent, "provider_unreachable", attempts: attempts, checks)
        try await delays(of: spent, base: Self.fastBase, count: attempts - 1, checks)
        try await redrive(spent, checks)
    }

    private func waitFor(_ job: Client.Accepted, _ position: String) async throws {
        try await cluster.until("\(job.job_id) is at \(position)", within: .seconds(90)) {
            try await database.position(of: job.job_id) == position
        }
    }

    private func dies(
        _ job: Client.Accepted, _ code: String, attempts: Int, _ checks: Checks
    ) async throws {
        try await waitFor(job, "parsing/deadletter")
        let row = try await database.fields(
            """
            SELECT concat_ws('|', last_error ->> 'error_type', attempt,
                (SELECT string_agg(DISTINCT severity, ',' ORDER BY severity)
                 FROM upload_pipeline.events e
                 WHERE e.job_id = j.job_id AND e.type = 'error'), finished_at IS NOT NULL)
            FROM upload_pipeline.upload_jobs j WHERE job_id = '\(job.job_id)'
            """)
        checks.equal(
            "deadletter: error_type, attempts, severities of its events, finished", row,
            [[code, "\(attempts)", attempts > 1 ? "error,warn" : "error", "t"]])
    }

    /// The states of a job in stage `parsing`, in order, without consecutive repeats.
    private func states(of job: Client.Accepted) async throws -> [String] {
        let all = try await database.texts(
            """
            SELECT payload ->> 'to_state' FROM upload_pipeline.events
            WHERE job_id = '\(job.job_id)' AND payload ->> 'to_stage' = 'parsing'
            ORDER BY event_id
            """)
        return all.reduce(into: []) { states, state in
            if states.last != state { states.append(state) }
        }
    }

    /// Compares the time from each failure until its retry was due with 2^n × base.
    private func delays(
        of job: Client.Accepted, base: Double, count: Int, _ checks: Checks
    ) async throws {
        let delays = try await database.texts(
            """
            SELECT extract(epoch FROM (payload ->> 'run_at')::timestamptz
                - (payload #>> '{error,timestamp}')::timestamptz)
            FROM upload_pipeline.events
            WHERE job_id = '\(job.job_id)' AND payload ->> 'to_state' = 'retryable'
            ORDER BY event_id LIMIT \(count)
            """
        ).compactMap { Double($0) }
        checks.equal("retries with a base of \(base.short) s", delays.count, count)
        for (failures, delay) in delays.enumerated() {
            let middle = base * Double(1 << failures)
            // Both times come from one statement, a moment apart.
            checks.require(
                "delay \(failures + 1), of \(middle.short) s ± 25 %", delay.short + " s",
                delay >= middle * 0.75 - 0.02 && delay <= middle * 1.25 + 0.02)
        }
    }

    private func redrive(_ job: Client.Accepted, _ checks: Checks) async throws {
        try await Client.setFaults("", at: provider)
        let exit = try await cluster.operate(["dead-letters", "redrive", "--job", job.job_id])
        checks.equal(
            "millrace dead-letters redrive", exit.map { "\($0)" } ?? "none",
            "\(ProcessExit.code(0))")
        try await waitFor(job, "embedded/done")
        let events = try await database.texts(
            """
            SELECT code FROM upload_pipeline.events
            WHERE job_id = '\(job.job_id)' AND code IN ('redriven', 'embedded')
                AND type IN ('retry', 'finalized') ORDER BY event_id
            """)
        checks.equal("events since the redrive", events, ["redriven", "embedded"])
    }
}
