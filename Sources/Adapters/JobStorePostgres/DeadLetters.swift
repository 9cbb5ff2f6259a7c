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

    private func number(
        _ statement: DeadLetterStatement, _ filter: DeadLetterFilter, _ limit: Int? = nil
    ) async throws(StageFailure) -> Int {
        let numbers: [Int] = try decode(await rows(statement, filter, limit)) { try $0.decode(0) }
        return numbers.first ?? 0
    }
}
