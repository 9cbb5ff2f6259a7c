package import Domain
import Pipeline
import Postgres

/// Selects dead letters. All given fields must match; `nil` matches any value.
package struct DeadLetterFilter: Sendable {
    /// The code of the failure.
    package var code: String?
    /// The stage at which the job failed.
    package var stage: Stage?
    package var job: JobID?

    package init(code: String? = nil, stage: Stage? = nil, job: JobID? = nil) {
        self.code = code
        self.stage = stage
        self.job = job
    }
}

/// The dead letters that failed with one code at one stage.
package struct DeadLetterCause: Sendable, Equatable {
    package var code: String
    package var stage: String
    package var jobs: Int
    /// When the first and the newest job failed, as text.
    package var first: String
    package var newest: String
    /// The error message of the newest job.
    package var message: String
}

/// A job that failed for good.
package struct DeadLetter: Sendable, Equatable {
    package var job: String
    package var filename: String
    package var stage: String
    package var code: String
    package var message: String
    package var since: String
}

/// One dead letter with its document and history. Times are text.
package struct DeadLetterDetail: Sendable, Equatable {
    package var document: String
    package var filename: String
    package var mime: String
    package var bytes: Int
    package var tenant: String
    package var stage: String
    package var attempts: Int
    package var attemptsMax: Int
    package var code: String
    package var message: String
    package var uploaded: String
    package var failed: String
    /// Oldest first.
    package var history: [Step]

    /// A transition of the job.
    package struct Step: Sendable, Equatable {
        package var time: String
        package var code: String
        package var position: String
        package var attempt: String
        /// The worker, or the database user of an operator.
        package var actor: String
        package var error: String
    }
}

/// Operations on dead letters for operators.
extension PostgresJobStore {
    /// The causes, ordered by their number of jobs, largest first.
    package func deadLetterCauses(
        _ filter: DeadLetterFilter
    ) async throws(JobFailure) -> [DeadLetterCause] {
        try decode(await rows(.causes, filter)) { row in
            DeadLetterCause(
                code: try row.decode(0), stage: try row.decode(1), jobs: try row.decode(2),
                first: try row.decode(3), newest: try row.decode(4), message: try row.decode(5))
        }
    }

    /// The newest dead letters.
    package func deadLetters(
        _ filter: DeadLetterFilter, limit: Int
    ) async throws(JobFailure) -> [DeadLetter] {
        try decode(await rows(.list, filter, limit)) { row in
            DeadLetter(
                job: try row.decode(0), filename: try row.decode(1), stage: try row.decode(2),
                code: try row.decode(3), message: try row.decode(4), since: try row.decode(5))
        }
    }

    /// The transitions of any job, oldest first; empty when the job does not exist.
    package func history(
        of job: JobID
    ) async throws(JobFailure) -> [DeadLetterDetail.Step] {
        try decode(await rows(.history, of: job)) { row in
            DeadLetterDetail.Step(
                time: try row.decode(0), code: try row.decode(1), position: try row.decode(2),
                attempt: try row.decode(3), actor: try row.decode(4), error: try row.decode(5))
        }
    }

    /// One dead letter with its history; `nil` when the job is not dead.
    package func deadLetter(
        of job: JobID
    ) async throws(JobFailure) -> DeadLetterDetail? {
        let steps = try await history(of: job)
        return try decode(await rows(.show, of: job)) { row in
            DeadLetterDetail(
                document: try row.decode(0), filename: try row.decode(1),
                mime: try row.decode(2), bytes: try row.decode(3), tenant: try row.decode(4),
                stage: try row.decode(5), attempts: try row.decode(6),
                attemptsMax: try row.decode(7), code: try row.decode(8),
                message: try row.decode(9), uploaded: try row.decode(10),
                failed: try row.decode(11), history: steps)
        }.first
    }

    package func countDeadLetters(_ filter: DeadLetterFilter) async throws(JobFailure) -> Int {
        try await number(.count, filter)
    }

    /// Queues up to `limit` dead letters again at the stage at which they failed and resets their
    /// attempts; returns how many. Staged rows are kept, so no provider call is paid for twice.
    /// The trigger writes the event, the reconciler sends the hint.
    package func redrive(
        _ filter: DeadLetterFilter, limit: Int
    ) async throws(JobFailure) -> Int {
        try await number(.redrive, filter, limit)
    }

    /// Deletes up to `limit` dead letters with their documents; returns how many. Their events
    /// remain, plus one that records the purge. The reconciler deletes the blobs.
    package func purge(_ filter: DeadLetterFilter, limit: Int) async throws(JobFailure) -> Int {
        try await number(.purge, filter, limit)
    }

    private func rows(
        _ statement: DeadLetterStatement, _ filter: DeadLetterFilter, _ limit: Int? = nil
    ) async throws(JobFailure) -> PostgresRows {
        let chosen: [(any PostgresEncodable)?] = [
            filter.code, filter.stage?.rawValue, filter.job?.uuid,
        ]
        return try await query(
            PostgresStatement(
                sql: statement.sql, parameters: limit.map { chosen + [$0] } ?? chosen))
    }

    private func rows(
        _ statement: DeadLetterStatement, of job: JobID
    ) async throws(JobFailure) -> PostgresRows {
        try await query(PostgresStatement(statement.sql, job.uuid))
    }

    private func number(
        _ statement: DeadLetterStatement, _ filter: DeadLetterFilter, _ limit: Int? = nil
    ) async throws(JobFailure) -> Int {
        let numbers: [Int] = try decode(await rows(statement, filter, limit)) { try $0.decode(0) }
        return numbers.first ?? 0
    }
}
