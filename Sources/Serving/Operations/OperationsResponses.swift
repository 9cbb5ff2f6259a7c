import Domain
import FoundationEssentials
import Operating
import Pipeline
import Querying

// The bodies of responses to operators. Keys are snake_case on the wire; times are RFC 3339 in UTC.

struct StatusResponse: Encodable {
    let counts: [Count]
    let queues: [Queue]
    let finishedPerMinute: Double
    let deadletteredPerMinute: Double
    let providers: [PipelineResponse.Provider]
    let storageFreeBytes: Int?

    struct Count: Encodable {
        let stage: Stage
        let state: JobState
        let jobs: Int
    }

    struct Queue: Encodable {
        let queue: WorkQueue
        let oldestWaitingSeconds: Double
    }

    init(_ status: PipelineStatus, storageFreeBytes: Int?) {
        let jobs = status.gauges.jobs
        counts = Position.all.compactMap { position in
            jobs[position].map {
                Count(stage: position.stage, state: position.state, jobs: $0)
            }
        }
        queues = WorkQueue.allCases.map { queue in
            Queue(
                queue: queue,
                oldestWaitingSeconds: status.gauges.oldestWaitingSeconds[queue] ?? 0)
        }
        finishedPerMinute = status.finishedPerMinute
        deadletteredPerMinute = status.deadLetteredPerMinute
        providers = status.providers.map(PipelineResponse.Provider.init)
        self.storageFreeBytes = storageFreeBytes
    }
}

struct DeadLettersResponse: Encodable {
    let deadLetters: [DeadLetterResponse]
    let next: String?
}

struct DeadLetterResponse: Encodable {
    let jobId: JobID
    let documentId: DocumentID
    let tenantId: TenantID
    let filename: String
    let mime: String
    let bytes: Int
    let stage: Stage
    let attempts: Int
    let attemptsMax: Int
    let code: String
    let message: String
    let uploadedAt: Date
    let failedAt: Date

    init(_ letter: DeadLetter) {
        jobId = letter.job
        documentId = letter.document
        tenantId = letter.tenant
        filename = letter.filename
        mime = letter.mime
        bytes = letter.byteCount
        stage = letter.stage
        attempts = letter.attempts
        attemptsMax = letter.attemptsMax
        code = letter.code
        message = letter.message
        uploadedAt = letter.uploadedAt
        failedAt = letter.failedAt
    }
}

struct CausesResponse: Encodable {
    let causes: [Cause]

    struct Cause: Encodable {
        let code: String
        let stage: Stage
        let jobs: Int
        let firstFailedAt: Date
        let lastFailedAt: Date
        let lastMessage: String

        init(_ cause: DeadLetterCause) {
            code = cause.code
            stage = cause.stage
            jobs = cause.jobCount
            firstFailedAt = cause.firstFailedAt
            lastFailedAt = cause.lastFailedAt
            lastMessage = cause.lastMessage
        }
    }
}

/// The effect of a redrive or a purge.
struct OutcomeResponse: Encodable {
    let dryRun: Bool
    let matched: Int
    let changed: Int
    let asOf: Date

    init(_ outcome: DeadLetterOutcome, isDryRun: Bool) {
        dryRun = isDryRun
        matched = outcome.matchedCount
        changed = outcome.changedCount
        // Rounded up to the resolution of the text, so that `failed_before` excludes no match.
        let milliseconds = (outcome.asOf.timeIntervalSince1970 * 1000).rounded(.up)
        asOf = Date(timeIntervalSince1970: milliseconds / 1000)
    }
}

struct SpendResponse: Encodable {
    let by: String
    let windowSeconds: Int
    let sums: [Sum]

    struct Sum: Encodable {
        let key: String
        let calls: Int
        let units: Int
        let tokens: Int
        let wastedTokens: Int
        let failedCalls: Int
        let unknownCalls: Int

        init(_ spend: Spend) {
            key = spend.key
            calls = spend.callCount
            units = spend.unitCount
            tokens = spend.tokens
            wastedTokens = spend.wastedTokens
            failedCalls = spend.failedCallCount
            unknownCalls = spend.unknownCallCount
        }
    }
}

struct AuditResponse: Encodable {
    let isSound: Bool
    /// Absent when everything was audited.
    let windowSeconds: Int?
    let invariants: [Finding]
    let blobs: Blobs?

    struct Finding: Encodable {
        let number: Int
        let name: String
        let promise: String
        let breaches: [Row]
    }

    struct Row: Encodable {
        let subject: String
        let detail: String
    }

    struct Blobs: Encodable {
        let named: Int
        let missingCount: Int
        let missing: [String]
    }

    init(_ report: AuditReport) {
        isSound = report.isSound
        windowSeconds = report.scope.window.map { Int($0.components.seconds) }
        invariants = Invariant.allCases.map { invariant in
            Finding(
                number: invariant.rawValue, name: invariant.name, promise: invariant.promise,
                breaches: report.breaches.filter { $0.invariant == invariant }.map {
                    Row(subject: $0.subject, detail: $0.detail)
                })
        }
        blobs = report.blobs.map { finding in
            Blobs(
                named: finding.named, missingCount: finding.missingCount,
                missing: finding.missing)
        }
    }
}

extension Date {
    /// Parses RFC 3339 with or without a fraction of a second; `nil` for any other text.
    init?(rfc3339 text: String) {
        let precise = Date.ISO8601FormatStyle(includingFractionalSeconds: true)
        guard let date = (try? precise.parse(text)) ?? (try? Date.ISO8601FormatStyle().parse(text))
        else { return nil }
        self = date
    }
}
