// Operating: what operators do to the pipeline.
//
// Invariants: an operator's action changes a bounded number of rows per call, is safe to repeat,
// and records who asked for it. Reading changes nothing. An audit reports and never repairs.
// Neighbours: Serving and the command line above, which show these values; the ports' adapters in
// Database below. The reconciler runs the same audit on a schedule.

package import Domain
package import FoundationEssentials
package import Pipeline

/// A job that failed for good, with its document.
package struct DeadLetter: Sendable, Equatable {
    package var job: JobID
    package var document: DocumentID
    package var tenant: TenantID
    package var filename: String
    package var mime: String
    package var byteCount: Int
    /// The stage at which the job failed.
    package var stage: Stage
    package var attempts: Int
    package var attemptsMax: Int
    /// The code and the message of the failure.
    package var code: String
    package var message: String
    package var uploadedAt: Date
    package var failedAt: Date

    package init(
        job: JobID, document: DocumentID, tenant: TenantID, filename: String, mime: String,
        byteCount: Int, stage: Stage, attempts: Int, attemptsMax: Int, code: String,
        message: String, uploadedAt: Date, failedAt: Date
    ) {
        self.job = job
        self.document = document
        self.tenant = tenant
        self.filename = filename
        self.mime = mime
        self.byteCount = byteCount
        self.stage = stage
        self.attempts = attempts
        self.attemptsMax = attemptsMax
        self.code = code
        self.message = message
        self.uploadedAt = uploadedAt
        self.failedAt = failedAt
    }
}

/// The dead letters that failed with one code at one stage.
package struct DeadLetterCause: Sendable, Equatable {
    package var code: String
    package var stage: Stage
    package var jobCount: Int
    package var firstFailedAt: Date
    package var lastFailedAt: Date
    /// The error message of the job that failed last.
    package var lastMessage: String

    package init(
        code: String, stage: Stage, jobCount: Int, firstFailedAt: Date, lastFailedAt: Date,
        lastMessage: String
    ) {
        self.code = code
        self.stage = stage
        self.jobCount = jobCount
        self.firstFailedAt = firstFailedAt
        self.lastFailedAt = lastFailedAt
        self.lastMessage = lastMessage
    }
}

/// Selects dead letters. All given fields must match; `nil` matches any value.
package struct DeadLetterFilter: Sendable, Equatable {
    /// The code of the failure.
    package var code: String?
    /// The stage at which the job failed.
    package var stage: Stage?
    package var tenant: TenantID?
    package var jobs: [JobID]?
    /// Only jobs that failed before this time. Pages of one action share it, so that a job that
    /// fails again in the meantime is not selected twice.
    package var failedBefore: Date?

    package init(
        code: String? = nil, stage: Stage? = nil, tenant: TenantID? = nil, jobs: [JobID]? = nil,
        failedBefore: Date? = nil
    ) {
        self.code = code
        self.stage = stage
        self.tenant = tenant
        self.jobs = jobs
        self.failedBefore = failedBefore
    }
}

/// The position in a list of dead letters after which the next page begins.
package struct DeadLetterCursor: Sendable, Equatable, CustomStringConvertible {
    package var failedAt: Date
    package var job: JobID

    package init(failedAt: Date, job: JobID) {
        self.failedAt = failedAt
        self.job = job
    }

    /// Parses what `description` returns; `nil` for any other text.
    package init?(_ text: String) {
        let parts = text.split(separator: "_", omittingEmptySubsequences: false)
        guard parts.count == 2, let micros = Int64(parts[0]), micros >= 0,
            let job = JobID(parts[1])
        else { return nil }
        self.init(failedAt: Date(timeIntervalSince1970: Double(micros) / 1e6), job: job)
    }

    /// Microseconds, the resolution of the database, so that no row is skipped or repeated.
    package var description: String {
        "\(Int64((failedAt.timeIntervalSince1970 * 1e6).rounded()))_\(job)"
    }
}

/// The effect of an action on dead letters.
package struct DeadLetterOutcome: Sendable, Equatable {
    /// Dead letters that matched before the action.
    package var matchedCount: Int
    /// Jobs that the action changed; at most the limit. Rows locked by others are skipped.
    package var changedCount: Int
    /// The database's time of the count.
    package var asOf: Date

    package init(matchedCount: Int, changedCount: Int, asOf: Date) {
        self.matchedCount = matchedCount
        self.changedCount = changedCount
        self.asOf = asOf
    }
}

/// The dead letters of all tenants.
package protocol DeadLetterStore: Sendable {
    /// The causes, largest number of jobs first.
    func deadLetterCauses(
        _ filter: DeadLetterFilter, limit: Int
    ) async throws(QueryError) -> [DeadLetterCause]

    /// Dead letters after `cursor`, the newest first.
    func deadLetters(
        _ filter: DeadLetterFilter, after cursor: DeadLetterCursor?, limit: Int
    ) async throws(QueryError) -> [DeadLetter]

    /// `nil` when the job does not exist or is not dead.
    func deadLetter(of job: JobID) async throws(QueryError) -> DeadLetter?

    /// Counts without changing anything: a dry run of the two actions below.
    func countDeadLetters(
        _ filter: DeadLetterFilter
    ) async throws(QueryError) -> DeadLetterOutcome

    /// Queues up to `limit` dead letters again, the oldest first, at the stage at which they failed
    /// and with all their attempts. Staged rows are kept, so no provider call is paid for twice.
    /// Each job's event names `requester`.
    func redrive(
        _ filter: DeadLetterFilter, limit: Int, by requester: OperatorName
    ) async throws(QueryError) -> DeadLetterOutcome

    /// Deletes up to `limit` dead letters with their documents, the oldest first. Their events
    /// remain, plus one that records the purge and `requester`. The reconciler deletes the blobs.
    func purge(
        _ filter: DeadLetterFilter, limit: Int, by requester: OperatorName
    ) async throws(QueryError) -> DeadLetterOutcome
}
