import FoundationEssentials
import TestCluster

/// Failures of a provider and of documents, and how jobs recover from them.
@MainActor
struct ErrorsSuite {
    let plan: ValidationPlan
    let ledger: Ledger

    /// Seconds. Long enough to inspect a retryable job before it is due.
    private static let slowBase = 2.0

    func run() async throws {
        try await plan.withCluster("errors", Self.settings) { cluster, database in
            let provider = try await cluster.startProvider("hang=1")
            let parser = ["MILLRACE_LLAMAPARSE_BASE_URL": provider]
            try await cluster.begin(
                ["ingest-api"], ["MILLRACE_MAX_ATTEMPTS": "\(plan.scale.attempts)"])
            try await cluster.add(
                ["parse-worker"],
                parser.merging(["MILLRACE_RETRY_BASE": "\(Int(Self.slowBase))s"]) { $1 })
            let job = try await cluster.client().upload("# Late\n\nNo answer.", as: "late.md")
            await ledger.record(.timeout) { try await timeout($0, job, cluster, database) }
            await ledger.record(.warning) { try await warning($0, job, database) }
            await ledger.record(.recovery) { checks in
                try await Recovery(
                    plan: plan, cluster: cluster, database: database, provider: provider
                ).check(checks, job, slowBase: Self.slowBase, parser)
            }
        }
    }

    /// Markdown is parsed through the LlamaParse protocol.
    private static let settings = [
        "MILLRACE_PARSER": "llamaparse", "MILLRACE_LLAMAPARSE_TYPES": "md",
        "MILLRACE_LLAMAPARSE_API_KEY": "validation", "MILLRACE_LLAMAPARSE_TIMEOUT": "1s",
        "MILLRACE_LLAMAPARSE_POLL_INTERVAL": "50ms", "MILLRACE_RETRY_CAP": "60s",
    ]

    /// The reconciler, which queues due retries, runs for the first retry only, so that the job
    /// stays as its second failure leaves it.
    private func timeout(
        _ checks: Checks, _ job: Client.Accepted, _ cluster: TestCluster,
        _ database: TrialDatabase
    ) async throws {
        checks.done = """
            Uploaded a document while the parsing service (LlamaParse protocol) accepts requests \
            and does not respond within 1 s; let the call fail twice.
            """
        checks.expected = """
            parsing/retryable, retry_count 2; last_error has error_type, message, timestamp and \
            retry_count.
            """
        try await waitForFailures(1, of: job, cluster, database)
        try await cluster.add(["reconciler"])
        try await cluster.until("the first retry is due") {
            try await database.count("upload_pipeline.events WHERE code = 'retry_due'") == 1
        }
        cluster.abandon("reconciler")
        try await waitForFailures(2, of: job, cluster, database)
        let row = try await database.fields(
            """
            SELECT concat_ws('|', stage || '/' || state, retry_count, last_error ->> 'error_type',
                last_error ->> 'retry_count',
                (last_error ->> 'timestamp')::timestamptz BETWEEN created_at AND now(),
                length(last_error ->> 'message') > 0)
            FROM upload_pipeline.upload_jobs WHERE job_id = '\(job.job_id)'
            """)
        checks.equal(
            "position, retry_count, last_error's error_type, retry_count, timestamp, message", row,
            [["parsing/retryable", "2", "provider_unreachable", "2", "t", "t"]])
        let keys = try await database.texts(
            """
            SELECT jsonb_object_keys(last_error) AS key FROM upload_pipeline.upload_jobs
            ORDER BY key
            """)
        checks.equal(
            "fields of last_error", keys, ["error_type", "message", "retry_count", "timestamp"])
    }

    private func waitForFailures(
        _ count: Int, of job: Client.Accepted, _ cluster: TestCluster, _ database: TrialDatabase
    ) async throws {
        try await cluster.until("attempt \(count) has failed") {
            try await database.count(
                """
                upload_pipeline.upload_jobs WHERE job_id = '\(job.job_id)'
                    AND state = 'retryable' AND retry_count = \(count)
                """) == 1
        }
    }

    /// Each failure writes an event.
    private func warning(
        _ checks: Checks, _ job: Client.Accepted, _ database: TrialDatabase
    ) async throws {
        checks.done = "Read the events of the two failures."
        checks.expected = """
            Two events `error` of severity warn, with the code of the error, stage and error in \
            the payload, linked to the job and its document.
            """
        let events = try await database.fields(
            """
            SELECT concat_ws('|', type, severity, code, payload ->> 'from_stage',
                payload ->> 'to_state', payload ->> 'retry_count',
                payload #>> '{error,retry_count}', payload -> 'error' ->> 'error_type',
                payload ? 'run_at', document_id = '\(job.document_id)', correlation_id <> '')
            FROM upload_pipeline.events
            WHERE job_id = '\(job.job_id)' AND severity <> 'info' ORDER BY event_id
            """)
        let expected = ["1", "2"].map { count in
            [
                "error", "warn", "provider_unreachable", "parsing", "retryable", count, count,
                "provider_unreachable", "t", "t", "t",
            ]
        }
        checks.equal(
            "type, severity, code, stage, state, retry_count (event, error), error_type, run_at, "
                + "document, correlation id", events, expected)
        let last = try await database.texts(
            """
            SELECT e.payload -> 'error' = j.last_error FROM upload_pipeline.events e
            JOIN upload_pipeline.upload_jobs j USING (job_id)
            WHERE e.severity = 'warn' ORDER BY event_id DESC LIMIT 1
            """)
        checks.equal("the last event contains the row's last_error", last, ["true"])
    }
}
