package import Domain
import Pipeline
import Postgres

/// Which dead letters are meant; everything given must fit.
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

/// Dead letters that failed with one code at one stage.
package struct DeadLetterCause: Sendable, Equatable {
    package var code: String
    package var stage: String
    package var jobs: Int
    /// When the first and the newest of them failed, as text.
    package var first: String
    package var newest: String
    /// What the newest of them said.
    package var message: String
}

/// A job that could not succeed.
package struct DeadLetter: Sendable, Equatable {
    package var job: String
    package var filename: String
    package var stage: String
    package var code: String
    package var message: String
    package var since: String
}

/// All that is known of one dead letter. Times are text.
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

/// What operators do with dead letters.
extension PostgresJobStore {
    /// Causes by their number of jobs, the largest first.
    package func deadLetterCauses(
        _ filter: DeadLetterFilter
    ) async throws(StageFailure) -> [DeadLetterCause] {
        try decode(await rows(.causes, filter)) { row in
            DeadLetterCause(
                code: try row.decode(0), stage: try row.decode(1), jobs: try row.decode(2),
                first: try row.decode(3), newest: try row.decode(4), message: try row.decode(5))
        }
    }

    /// The newest dead letters.
    package func deadLetters(
        _ filter: DeadLetterFilter, limit: Int
    ) async throws(StageFailure) -> [DeadLetter] {
        try decode(await rows(.list, filter, limit)) { row in
            DeadLetter(
                job: try row.decode(0), filename: try row.decode(1), stage: try row.decode(2),
                code: try row.decode(3), message: try row.decode(4), since: try row.decode(5))
        }
    }

    /// The transitions of any job, oldest first; empty when there is no such job.
    package func history(
        of job: JobID
    ) async throws(StageFailure) -> [DeadLetterDetail.Step] {
        try decode(await rows(.history, of: job)) { row in
            DeadLetterDetail.Step(
                time: try row.decode(0), code: try row.decode(1), position: try row.decode(2),
                attempt: try row.decode(3), actor: try row.decode(4), error: try row.decode(5))
        }
    }

    /// One dead letter with its history; `nil` when there is none of this job.
    package func deadLetter(
        of job: JobID
    ) async throws(StageFailure) -> DeadLetterDetail? {
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

    package func countDeadLetters(_ filter: DeadLetterFilter) async throws(StageFailure) -> Int {
        try await number(.count, filter)
    }

    /// Sends up to `limit` dead letters back to the stage at which they failed, with attempts
    /// from zero; returns how many. What was staged stays, so nothing is paid for twice. The
    /// trigger writes the event, the reconciler sends the hint.
    package func redrive(
        _ filter: DeadLetterFilter, limit: Int
    ) async throws(StageFailure) -> Int {
        try await number(.redrive, filter, limit)
    }

    /// Deletes up to `limit` dead letters with their documents; returns how many. Their events
    /// stay, with one more that says so; the reconciler collects the blobs.
    package func purge(_ filter: DeadLetterFilter, limit: Int) async throws(StageFailure) -> Int {
        try await number(.purge, filter, limit)
    }

    private func rows(
        _ statement: DeadLetterStatement, _ filter: DeadLetterFilter, _ limit: Int? = nil
    ) async throws(StageFailure) -> PostgresRows {
        let chosen: [(any PostgresEncodable)?] = [
            filter.code, filter.stage?.rawValue, filter.job?.uuid,
        ]
        return try await query(
            PostgresStatement(
                sql: statement.sql, parameters: limit.map { chosen + [$0] } ?? chosen))
    }

    private func rows(
        _ statement: DeadLetterStatement, of job: JobID
    ) async throws(StageFailure) -> PostgresRows {
        try await query(PostgresStatement(statement.sql, job.uuid))
    }

    private func number(
        _ statement: DeadLetterStatement, _ filter: DeadLetterFilter, _ limit: Int? = nil
    ) async throws(StageFailure) -> Int {
        let numbers: [Int] = try decode(await rows(statement, filter, limit)) { try $0.decode(0) }
        return numbers.first ?? 0
    }
}
