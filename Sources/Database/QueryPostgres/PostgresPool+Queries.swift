// QueryPostgres: what the adapters of tenants' and operators' requests share.
//
// Invariants: every failure of the database becomes a QueryError whose kind decides the response.
// Neighbours: CataloguePostgres and OperationsPostgres above, the Postgres client below.

package import Domain
package import Pipeline
package import Postgres
package import Querying

extension PostgresPool {
    /// Runs a statement and reads its rows.
    package func rows<R>(
        _ statement: PostgresStatement, _ read: (PostgresRow) throws -> R
    ) async throws(QueryError) -> [R] {
        do {
            return try await query(statement).map(read)
        } catch {
            throw QueryError(error)
        }
    }

    /// Runs an aggregate and reads its one row.
    package func row<R>(
        _ statement: PostgresStatement, _ read: (PostgresRow) throws -> R
    ) async throws(QueryError) -> R {
        guard let row = try await rows(statement, read).first else {
            throw QueryError(.fault, reason: "an aggregate returned no row")
        }
        return row
    }

    /// A page of a job's events after the event `cursor`, oldest first.
    package func events(
        of job: JobID, after cursor: Int, limit: Int
    ) async throws(QueryError) -> [JobEvent] {
        try await rows(SharedQuery.jobEvents(job.uuid, cursor, limit)) { row in
            JobEvent(
                number: try row.decode(0), time: try row.decode(1), type: try row.decode(2),
                severity: try row.decode(3), code: try row.decode(4),
                payload: try row.json(5), correlationID: try row.decodeIfPresent(6))
        }
    }

    /// Health of the providers as the running programs report it.
    package func providerHealth() async throws(QueryError) -> [PipelineSnapshot.Provider] {
        try await rows(SharedQuery.providerHealth()) { row in
            PipelineSnapshot.Provider(
                name: try row.decode(0), health: try row.decodeCase(1),
                programs: try row.decode(2), reason: try row.decodeIfPresent(3),
                reopensAt: try row.decodeIfPresent(4))
        }
    }
}

extension QueryError {
    package init(_ error: any Error) {
        if let error = error as? QueryError {
            self = error
            return
        }
        let kind: Kind
        switch error as? PostgresError {
        case let error? where error.kind == .pool: kind = .busy
        case let error? where error.affectsEveryStatement: kind = .unavailable
        case let error? where error.sqlState == "57014": kind = .timeout
        // Data exceptions and program limits: the client's values are invalid.
        case let error? where ["22", "54"].contains { error.sqlState?.hasPrefix($0) == true }:
            kind = .refused
        // Lock and serialisation failures: the same request can succeed later.
        case let error? where error.isTransient: kind = .unavailable
        default: kind = .fault
        }
        self.init(kind, reason: "\(error)")
    }
}
