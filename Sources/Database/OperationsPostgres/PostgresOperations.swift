// OperationsPostgres: the requests of operators, in SQL.
//
// Invariants: every statement runs with the privileges of the database role `operator`, on a pool
// of its own with a time limit of its own, so that operations do not hold up uploads or searches.
// Every action changes a bounded number of rows in one transaction, which names its requester.
// Neighbours: the ports of Operating above, the Postgres client below. JobStorePostgres contains
// the audit and the gauges, which the reconciler also runs.

package import Domain
import FoundationEssentials
import JobStorePostgres
package import Operating
package import Pipeline
package import Postgres
import QueryPostgres
package import Querying

/// What operators read and do, in PostgreSQL.
package struct PostgresOperations: Sendable {
    let pool: PostgresPool
    private let jobs: PostgresJobStore
    private let audits: PostgresJobStore

    /// - Parameter audits: the pool of audits, whose statements may take longer than the others.
    ///   An audit of blobs uses two connections at once. `nil` for `pool`.
    package init(pool: PostgresPool, audits: PostgresPool? = nil) {
        self.pool = pool
        jobs = PostgresJobStore(pool: pool)
        self.audits = PostgresJobStore(pool: audits ?? pool)
    }

    /// Checks that the login has the privileges of an operator.
    ///
    /// - Throws: a fault that names the login when it has not.
    package func checkLogin() async throws(QueryError) {
        let logins = try await pool.rows(Query.checkLogin()) { row in
            (name: try row.decode(0, as: String.self), isOperator: try row.decode(1, as: Bool.self))
        }
        guard let login = logins.first, !login.isOperator else { return }
        throw QueryError(
            .fault,
            reason: "the login '\(login.name)' is not a member of millrace_operator. "
                + "'millrace migrate --logins' creates one that is")
    }

    /// Runs statements as one transaction and reads the rows of each.
    func transaction<R>(
        _ statements: [PostgresStatement], _ read: ([PostgresRows]) throws -> R
    ) async throws(QueryError) -> R {
        do {
            return try read(try await pool.pipeline(statements))
        } catch {
            throw QueryError(error)
        }
    }
}

extension PostgresOperations: InvariantAudit, BlobNames {
    package func audit(of window: Duration) async throws(JobFailure) -> [Breach] {
        try await audits.audit(of: window)
    }

    package func eachNamedBlob(
        _ body: ([String]) async throws(JobFailure) -> Void
    ) async throws(JobFailure) {
        try await audits.eachNamedBlob(body)
    }

    package func referenced(_ blobs: [BlobPath]) async throws(JobFailure) -> Set<BlobPath> {
        try await audits.referenced(blobs)
    }
}

extension PostgresOperations: PipelineStatusStore {
    package func status() async throws(QueryError) -> PipelineStatus {
        let gauges: PipelineGauges
        do {
            gauges = try await jobs.readGauges()
        } catch {
            throw QueryError(error)
        }
        let providers = try await pool.providerHealth()
        return try await pool.row(SharedQuery.pipelineRates()) { row in
            PipelineStatus(
                gauges: gauges, finishedPerMinute: try row.decode(1),
                deadLetteredPerMinute: try row.decode(2), providers: providers)
        }
    }
}

extension PostgresOperations: SpendStore {
    package func spend(
        by grouping: SpendGrouping, of tenant: TenantID?, within window: Duration, limit: Int
    ) async throws(QueryError) -> [Spend] {
        let seconds = window / .seconds(1)
        return try await pool.rows(
            Query.spend(grouping.rawValue, seconds, tenant?.uuid, limit)
        ) { row in
            Spend(
                key: try row.decode(0), callCount: try row.decode(1),
                unitCount: try row.decode(2), tokens: try row.decode(3),
                wastedTokens: try row.decode(4), failedCallCount: try row.decode(5),
                unknownCallCount: try row.decode(6))
        }
    }
}

extension PostgresOperations: JobHistory {
    package func events(
        of job: JobID, after cursor: Int, limit: Int
    ) async throws(QueryError) -> [JobEvent]? {
        let events = try await pool.events(of: job, after: cursor, limit: limit)
        return events.isEmpty && cursor == 0 ? nil : events
    }
}
