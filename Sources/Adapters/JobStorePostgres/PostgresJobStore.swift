// JobStorePostgres: the delivery protocol in SQL.
//
// Invariants: every write under a claim is fenced by the claim's random token in the same
// statement; outputs and transition share a transaction; predicates use the server's clock.
// Neighbours: the ports of Pipeline above, the Postgres client below. Events are written by the
// database's own trigger, so no statement here mentions them.

import Domain
import Pipeline
package import Postgres

/// Job rows in PostgreSQL.
package struct PostgresJobStore: Sendable {
    let pool: PostgresPool

    package init(pool: PostgresPool) { self.pool = pool }

    /// Runs a statement; a server's refusal becomes a stage failure.
    func query(_ statement: PostgresStatement) async throws(StageFailure) -> PostgresRows {
        do {
            return try await pool.query(statement)
        } catch {
            throw StageFailure(store: error)
        }
    }

    /// Runs a transaction; whatever is thrown inside rolls it back.
    func transaction<R: Sendable>(
        _ body: (PostgresConnection) async throws -> R
    ) async throws(StageFailure) -> R {
        do {
            return try await pool.transaction(body)
        } catch let failure as StageFailure {
            throw failure
        } catch {
            throw StageFailure(store: error)
        }
    }

    /// Decodes rows; a row that does not decode is a fault of the schema.
    func decode<R>(
        _ rows: PostgresRows, _ read: (PostgresRow) throws -> R
    ) throws(StageFailure) -> [R] {
        do {
            return try rows.map(read)
        } catch {
            throw StageFailure(store: error)
        }
    }
}

extension StageFailure {
    /// Store trouble is transient: the job is not at fault. Data that the schema refuses is not.
    init(store error: any Error) {
        if let failure = error as? StageFailure {
            self = failure
        } else if let error = error as? PostgresError, let state = error.sqlState,
            state.hasPrefix("22") || state.hasPrefix("23")
        {
            self = .permanent("refused_by_database", "\(error)")
        } else {
            self = .transient("store_unavailable", "\(error)")
        }
    }
}

extension Duration {
    /// Seconds, as `make_interval` takes them.
    var inSeconds: Double { self / .seconds(1) }
}
