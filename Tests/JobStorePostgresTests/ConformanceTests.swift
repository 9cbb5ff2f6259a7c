import Domain
import FoundationEssentials
import JobModel
import Operating
import OperationsPostgres
import Pipeline
import Postgres
import TestSupport
import Testing

@testable import JobStorePostgres

/// Runs the same cases through the pure rules of `JobRow` and the SQL on a real server: from every
/// legal position, with every kind of token, time and count.
@Suite(.timeLimit(.minutes(5))) struct ConformanceTests {
    @Test(arguments: Operation.all)
    func `the SQL gives the same result as the pure rules`(operation: Operation) async throws {
        try await TestDatabase.lend { database in
            let bench = ConformanceBench(database: database)
            let cases = Self.records()
            var rows: [ConformanceRow] = []
            for record in cases { rows.append(try await bench.insert(record)) }
            if let once = operation.onAllRows {
                let before = try await bench.now()
                try await once(database.store)
                let after = try await bench.now()
                for row in rows {
                    try await bench.compare(row, operation, accepted: nil, before, after)
                }
            }
            if let each = operation.onRow {
                for row in rows {
                    let before = try await bench.now()
                    let accepted = try await each(database.store, row)
                    let after = try await bench.now()
                    try await bench.compare(row, operation, accepted: accepted, before, after)
                }
            }
        }
    }

    /// Rows in every legal position, with times far from now on either side.
    private static func records() -> [JobRow] {
        let (past, future) = (Duration.seconds(-5000), Duration.seconds(5000))
        var records: [JobRow] = []
        for position in Position.all where position.isLegal {
            var record = JobRow(acceptedAt: past)
            record.position = position
            record.errorCode = [.retryable, .deadletter].contains(position.state) ? "x" : nil
            if position.state == .working {
                record.token = ClaimID()
                for (attempt, lease, deadline) in [
                    (1, future, future), (3, past, future), (5, past, future), (2, future, past),
                    (5, future, past), (4, past, past),
                ] {
                    record.attempt = attempt
                    record.interruptions = attempt == 5 ? 5 : 0
                    record.retryCount = attempt - 1
                    record.leaseUntil = lease
                    record.deadline = deadline
                    records.append(record)
                }
            } else {
                for (runAt, hintAt, count) in [
                    (past, past, 0), (past, past, 3), (past, past, 9), (past, future, 1),
                    (future, past, 2),
                ] {
                    record.runAt = runAt
                    record.hintAt = hintAt
                    record.hintCount = count
                    record.attempt = count % 4
                    record.retryCount = count % 3
                    records.append(record)
                }
            }
        }
        return records
    }
}

/// One rule, as pure code and as SQL.
struct Operation: Sendable, CustomTestStringConvertible {
    /// Applies the SQL to one row and returns whether it was accepted. Operations on sets of rows
    /// have `onAllRows` instead.
    typealias OnRow = @Sendable (PostgresJobStore, ConformanceRow) async throws -> Bool

    var testDescription: String
    /// The pure rule; the token is the row's, or a fresh one for a claim.
    var rule: @Sendable (inout JobRow, ClaimID, _ now: Duration, _ jitter: Double) -> Bool
    var onRow: OnRow?
    var onAllRows: (@Sendable (PostgresJobStore) async throws -> Void)?

    private static let terms = ClaimTerms(lease: .seconds(700), deadline: .seconds(9000))
    private static let policy = RetryPolicy(
        base: .seconds(100), cap: .seconds(1000))

    static var all: [Operation] {
        WorkQueue.allCases.map(claim) + WorkQueue.allCases.map(claimWaiting)
            + WorkQueue.allCases.map(complete)
            + [true, false].flatMap {
                [heartbeat($0, false), heartbeat($0, true), release($0)] + verdicts($0)
            }
            + [Stage.jobValidated, .parsing, .parsed, .chunking].map(advance)
            + [expireLeases, endDeadClaims, expireDeadlines, resumeRetries, resendHints, redrive]
    }

    private static func claim(_ queue: WorkQueue) -> Operation {
        Operation(
            testDescription: "claim by hint from \(queue)", rule: claimRule(queue),
            onRow: { store, row in
                try await store.claim([row.job], from: queue, as: "w", on: terms).count == 1
            })
    }

    private static func claimWaiting(_ queue: WorkQueue) -> Operation {
        Operation(
            testDescription: "claim by polling \(queue)", rule: claimRule(queue),
            onAllRows: { store in
                _ = try await store.claimWaiting(
                    ClaimLimits(10_000), from: queue, as: "w", on: terms)
            })
    }

    private static func claimRule(
        _ queue: WorkQueue
    ) -> @Sendable (inout JobRow, ClaimID, Duration, Double) -> Bool {
        { record, token, now, _ in
            record.claim(
                from: queue, at: now, token: token, lease: terms.lease, deadline: terms.deadline)
        }
    }

    private static func heartbeat(_ isHolder: Bool, _ hasProgressed: Bool) -> Operation {
        Operation(
            testDescription: "heartbeat by \(isHolder ? "the holder" : "another worker")"
                + (hasProgressed ? ", with progress" : ""),
            rule: { record, token, now, _ in
                record.heartbeat(
                    isHolder ? token : ClaimID(), at: now, lease: terms.lease,
                    deadline: hasProgressed ? terms.deadline : nil)
            },
            onRow: { store, row in
                let claim = row.claim(isHolder)
                let heartbeat = Heartbeat(claim, hasProgressed: hasProgressed)
                return try await store.heartbeat([heartbeat], on: terms) == [claim]
            })
    }

    private static func release(_ isHolder: Bool) -> Operation {
        Operation(
            testDescription: "release by \(isHolder ? "the holder" : "another worker")",
            rule: { record, token, now, _ in
                record.release(isHolder ? token : ClaimID(), at: now)
            },
            onRow: { store, row in
                // `release` does not report whether it changed anything.
                try await store.release([row.claim(isHolder)])
                return isHolder && row.record.token != nil
            })
    }

    private static func verdicts(_ isHolder: Bool) -> [Operation] {
        let verdicts: [FailureVerdict] = [
            .retry(after: .seconds(600), countsAsAttempt: true),
            .retry(after: .seconds(600), countsAsAttempt: false), .deadletter,
        ]
        return verdicts.map { verdict in
            Operation(
                testDescription: "\(verdict) by \(isHolder ? "the holder" : "another worker")",
                rule: { record, token, now, _ in
                    record.fail(
                        isHolder ? token : ClaimID(), code: "malformed", verdict: verdict, at: now)
                },
                onRow: { store, row in
                    try await accepts {
                        try await store.fail(
                            row.claim(isHolder), .permanent(.document(.malformed), "message"),
                            verdict: verdict)
                    }
                })
        }
    }

    private static func advance(_ stage: Stage) -> Operation {
        Operation(
            testDescription: "advance to \(stage)",
            rule: { record, token, _, _ in record.advance(token, to: stage) },
            onRow: { store, row in
                // The database does not count staying as a move, so it does not refuse it.
                guard row.record.position != Position(stage, .working) else { return false }
                return try await accepts {
                    try await store.advance(row.claim(true), through: [stage])
                }
            })
    }

    private static func complete(_ queue: WorkQueue) -> Operation {
        Operation(
            testDescription: "complete the work of \(queue)",
            rule: { record, token, now, _ in
                var changed = record
                // The parse-worker's last step is part of its completion.
                if queue == .parse, record.position.stage != .parsed {
                    guard changed.advance(token, to: .parsed) else { return false }
                }
                guard changed.complete(token, of: queue, at: now) else { return false }
                record = changed
                return true
            },
            onRow: { store, row in try await accepts { try await row.complete(queue, store) } })
    }

    private static var expireLeases: Operation {
        Operation(
            testDescription: "expire leases",
            rule: { $0.expireLease(at: $2, policy: policy, jitter: $3) },
            onAllRows: { _ = try await $0.expireLeases(limit: 10_000, retry: policy) })
    }

    /// The claims of odd attempts are older than the server's last start.
    private static var endDeadClaims: Operation {
        Operation(
            testDescription: "end the claims of dead processes",
            rule: { row, _, now, jitter in
                row.endDeadClaim(
                    isInterrupted: row.attempt % 2 == 1, at: now, policy: policy, jitter: jitter)
            },
            onAllRows: {
                _ = try await $0.endDeadClaims(
                    of: [ConformanceBench.session], limit: 10_000, retry: policy)
            })
    }

    private static var expireDeadlines: Operation {
        Operation(
            testDescription: "expire deadlines",
            rule: { $0.expireDeadline(at: $2, policy: policy, jitter: $3) },
            onAllRows: { _ = try await $0.expireDeadlines(limit: 10_000, retry: policy) })
    }

    private static var resumeRetries: Operation {
        Operation(
            testDescription: "resume due retries",
            rule: { record, _, now, _ in
                record.resumeRetry(at: now)
            },
            onAllRows: { _ = try await $0.resumeDueRetries(limit: 10_000) })
    }

    private static var resendHints: Operation {
        Operation(
            testDescription: "resend hints", rule: { $0.resendHints(at: $2, jitter: $3) },
            onAllRows: { _ = try await $0.resendHints(WorkQueue.allCases, limit: 10_000) })
    }

    private static var redrive: Operation {
        Operation(
            testDescription: "redrive", rule: { record, _, now, _ in record.redrive(at: now) },
            onRow: { store, row in
                try await PostgresOperations(pool: store.pool)
                    .redrive(DeadLetterFilter(jobs: [row.job]), limit: 1, by: .unnamed)
                    .changedCount == 1
            })
    }

    /// Whether a fenced write was accepted.
    private static func accepts(_ write: () async throws -> Void) async throws -> Bool {
        do {
            try await write()
            return true
        } catch let failure as JobFailure {
            // The claim is lost, or the database's own rules refuse the move.
            if case .transient = failure.class { throw failure }
            return false
        }
    }
}

/// A row as it was inserted.
struct ConformanceRow: Sendable {
    let job: JobID
    let document: DocumentID
    let record: JobRow

    func claim(_ isHolder: Bool) -> Claim {
        Claim(job: job, token: isHolder ? record.token ?? ClaimID() : ClaimID())
    }

    /// Completes a queue's work through the store, with two chunks.
    func complete(_ queue: WorkQueue, _ store: PostgresJobStore) async throws {
        let claimed = ClaimedJob(
            claim: claim(true), queue: queue, stage: record.position.stage, document: document,
            tenant: TenantID(), generation: 1, attempt: record.attempt,
            attemptsMax: record.attemptsMax, filename: "a", mime: "text/plain", byteCount: 1,
            fileSHA256: "", rawPath: "")
        switch queue {
        case .parse: try await TestDatabase.completeParsing(claimed.claim, with: store)
        case .chunk:
            try await store.completeChunking(
                claimed, chunks: TestDatabase.chunks(2), in: .english,
                by: ChunkerIdentity(name: "c", version: "1"))
        case .embed: try await store.completeEmbedding(claimed)
        case .flush: _ = try await store.flush(claimed)
        }
    }
}

/// Inserts records into a database and reads them back.
struct ConformanceBench {
    let database: TestDatabase

    /// The session that every claim names.
    static let session: Int64 = -42

    /// The server's clock, as a time since 1970.
    func now() async throws -> Duration {
        let text = try await database.texts("SELECT extract(epoch FROM clock_timestamp())")[0]
        return .seconds(try #require(Double(text)))
    }

    /// Inserts a row whose times are relative to now, with two chunks if its stage has chunks.
    func insert(_ record: JobRow) async throws -> ConformanceRow {
        let now = try await now()
        var record = record
        record.runAt += now
        record.hintAt += now
        record.leaseUntil? += now
        record.deadline? += now
        let job = JobID()
        let document = DocumentID()
        let hasChunks = record.position.stage >= .chunksBuffered
        let isBuffered = hasChunks && record.position != Position(.embedded, .done)
        let error = record.errorCode.map { code in
            """
            '{"error_type":"\(code)","message":"y","timestamp":"z","retry_count":1}'
            """
        }
        try await database.script(
            """
            INSERT INTO upload_pipeline.documents
                (document_id, user_id, filename, mime, bytes_len, file_sha256, raw_path)
            VALUES ('\(document)', gen_random_uuid(), 'a', 'text/plain', 1,
                encode(sha256('\(document)'::bytea), 'hex'), 'storage://raw/u/d.txt');
            INSERT INTO upload_pipeline.upload_jobs (job_id, document_id, stage, state, claim_id,
                claimed_by, claimed_at, worker_session, interruptions, lease_until,
                stage_deadline, attempt, attempts_max, retry_count, run_at, hint_at, hint_count,
                last_error, finished_at, expected_chunks, embed_model, embed_version, embed_width)
            VALUES ('\(job)', '\(document)', '\(record.position.stage.rawValue)',
                '\(record.position.state.rawValue)',
                \(record.token.map { "'\($0)', 'w'" } ?? "NULL, NULL"),
                \(record.attempt % 2 == 1 ? "'epoch'" : "clock_timestamp()"), \(Self.session),
                \(record.interruptions),
                \(time(record.leaseUntil)), \(time(record.deadline)), \(record.attempt),
                \(record.attemptsMax), \(record.retryCount), \(time(record.runAt)),
                \(time(record.hintAt)), \(record.hintCount), \(error ?? "NULL"),
                \(record.position.isEnded ? "now()" : "NULL"), \(hasChunks ? "2" : "NULL"),
                'm', '1', 3);
            INSERT INTO upload_pipeline.embedding_spaces (model, version) VALUES ('m', '1')
            ON CONFLICT DO NOTHING;
            INSERT INTO upload_pipeline.document_chunk_buffer
            SELECT '\(document)', 1, ord, gen_random_uuid(), 'c', '1', 't', 's', 1, ord, ord + 1
            FROM generate_series(0, 1) AS ord WHERE \(isBuffered);
            INSERT INTO upload_pipeline.document_vector_buffer
            SELECT '\(document)', 1, ord, array_fill(0.1, ARRAY[1536])::public.vector
            FROM generate_series(0, 1) AS ord WHERE \(isBuffered)
            """)
        return ConformanceRow(job: job, document: document, record: record)
    }

    private func time(_ time: Duration?) -> String {
        time.map { "to_timestamp(\($0 / .seconds(1)))" } ?? "NULL"
    }

    /// Checks that the row equals the rule's result for some time during the call.
    func compare(
        _ row: ConformanceRow, _ operation: Operation, accepted: Bool?, _ before: Duration,
        _ after: Duration
    ) async throws {
        let token = row.record.token ?? ClaimID()
        var earliest = row.record
        let isTaken = operation.rule(&earliest, token, before, 0)
        var latest = row.record
        _ = operation.rule(&latest, token, after, 1)
        let found = try await read(row.job)
        let what = "\(operation.testDescription) at \(row.record.position)"
        if let accepted { #expect(accepted == isTaken, "\(what)") }
        #expect(facts(of: found) == facts(of: earliest), "\(what)")
        for (name, time) in Self.times {
            let (low, high) = (earliest[keyPath: time], latest[keyPath: time])
            guard let low, let high, let value = found[keyPath: time] else {
                #expect(found[keyPath: time] == low, "\(name): \(what)")
                continue
            }
            let slack = Duration.milliseconds(1)
            #expect((low - slack...high + slack).contains(value), "\(name): \(what)")
        }
    }

    private static let times: [(String, any KeyPath<JobRow, Duration?> & Sendable)] = [
        ("run_at", \.optionalRunAt), ("hint_at", \.optionalHintAt),
        ("lease_until", \.leaseUntil), ("stage_deadline", \.deadline),
    ]

    /// The fields of a record that are not times.
    private func facts(of record: JobRow) -> [String] {
        [
            "\(record.position)", "claimed: \(record.token != nil)", "attempt \(record.attempt)",
            "retries \(record.retryCount)", "hints \(record.hintCount)",
            record.errorCode ?? "no error", "interrupted \(record.interruptions)",
        ]
    }

    private func read(_ job: JobID) async throws -> JobRow {
        let fields = try await database.texts(
            """
            SELECT concat_ws('|', stage, state, coalesce(claim_id::text, '-'), attempt,
                attempts_max, retry_count, extract(epoch FROM run_at),
                coalesce(extract(epoch FROM lease_until)::text, '-'),
                coalesce(extract(epoch FROM stage_deadline)::text, '-'),
                extract(epoch FROM hint_at), hint_count,
                coalesce(last_error ->> 'error_type', '-'), interruptions)
            FROM upload_pipeline.upload_jobs WHERE job_id = '\(job)'
            """)[0].split(separator: "|").map(String.init)
        var record = JobRow(acceptedAt: .zero)
        record.position = Position(
            try #require(Stage(rawValue: fields[0])), try #require(JobState(rawValue: fields[1])))
        record.token = ClaimID(fields[2])
        record.attempt = try #require(Int(fields[3]))
        record.attemptsMax = try #require(Int(fields[4]))
        record.retryCount = try #require(Int(fields[5]))
        record.runAt = .seconds(try #require(Double(fields[6])))
        record.leaseUntil = Double(fields[7]).map { .seconds($0) }
        record.deadline = Double(fields[8]).map { .seconds($0) }
        record.hintAt = .seconds(try #require(Double(fields[9])))
        record.hintCount = try #require(Int(fields[10]))
        record.errorCode = fields[11] == "-" ? nil : fields[11]
        record.interruptions = try #require(Int(fields[12]))
        return record
    }
}

extension JobRow {
    fileprivate var optionalRunAt: Duration? { runAt }
    fileprivate var optionalHintAt: Duration? { hintAt }
}
