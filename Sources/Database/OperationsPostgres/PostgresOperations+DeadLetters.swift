package import Domain
import FoundationEssentials
package import Operating
package import Pipeline
import Postgres
import QueryPostgres

extension PostgresOperations: DeadLetterStore {
    package func deadLetterCauses(
        _ filter: DeadLetterFilter, limit: Int
    ) async throws(QueryError) -> [DeadLetterCause] {
        try await pool.rows(Query.deadLetterCauses(filter.parameters + [limit])) { row in
            DeadLetterCause(
                code: try row.decode(0), stage: try row.decodeCase(1), jobCount: try row.decode(2),
                firstFailedAt: try row.decode(3), lastFailedAt: try row.decode(4),
                lastMessage: try row.decode(5))
        }
    }

    package func deadLetters(
        _ filter: DeadLetterFilter, after cursor: DeadLetterCursor?, limit: Int
    ) async throws(QueryError) -> [DeadLetter] {
        let page: [(any PostgresEncodable)?] = [cursor?.failedAt, cursor?.job.uuid, limit]
        return try await pool.rows(Query.deadLetters(filter.parameters + page)) { row in
            DeadLetter(
                job: JobID(try row.decode(0, as: UUID.self)),
                document: DocumentID(try row.decode(1, as: UUID.self)),
                tenant: TenantID(try row.decode(2, as: UUID.self)),
                filename: try row.decode(3), mime: try row.decode(4),
                byteCount: try row.decode(5), stage: try row.decodeCase(6),
                attempts: try row.decode(7), attemptsMax: try row.decode(8),
                code: try row.decode(9), message: try row.decode(10),
                uploadedAt: try row.decode(11), failedAt: try row.decode(12))
        }
    }

    package func deadLetter(of job: JobID) async throws(QueryError) -> DeadLetter? {
        try await deadLetters(DeadLetterFilter(jobs: [job]), after: nil, limit: 1).first
    }

    package func countDeadLetters(
        _ filter: DeadLetterFilter
    ) async throws(QueryError) -> DeadLetterOutcome {
        try await pool.row(Query.countDeadLetters(filter.parameters)) { row in
            DeadLetterOutcome(
                matchedCount: try row.decode(0), changedCount: 0, asOf: try row.decode(1))
        }
    }

    package func redrive(
        _ filter: DeadLetterFilter, limit: Int, by requester: OperatorName
    ) async throws(QueryError) -> DeadLetterOutcome {
        try await act(Query.redriveDeadLetters, on: filter, limit: limit, by: requester)
    }

    package func purge(
        _ filter: DeadLetterFilter, limit: Int, by requester: OperatorName
    ) async throws(QueryError) -> DeadLetterOutcome {
        try await act(Query.purgeDeadLetters, on: filter, limit: limit, by: requester)
    }

    /// Counts, acts and names the requester in one transaction.
    private func act(
        _ action: SQLFile, on filter: DeadLetterFilter, limit: Int, by requester: OperatorName
    ) async throws(QueryError) -> DeadLetterOutcome {
        try await transaction([
            Query.setRequester(requester.description),
            Query.countDeadLetters(filter.parameters), action(filter.parameters + [limit]),
        ]) { results in
            guard let count = results[1].first, let change = results[2].first else {
                throw QueryError(.fault, reason: "an aggregate returned no row")
            }
            return DeadLetterOutcome(
                matchedCount: try count.decode(0), changedCount: try change.decode(0),
                asOf: try count.decode(1))
        }
    }
}

extension DeadLetterFilter {
    /// Code, stage, tenant, jobs and time of failure, as the statements expect them.
    fileprivate var parameters: [(any PostgresEncodable)?] {
        [code, stage?.rawValue, tenant?.uuid, jobs?.map(\.uuid), failedBefore]
    }
}
