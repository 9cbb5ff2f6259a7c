// CataloguePostgres: the requests of API clients, in SQL.
//
// Invariants: a client only reaches rows of its tenant. An upload is accepted in one transaction,
// which concurrent uploads share. No statement here moves a job to another stage or state.
// Neighbours: the ports UploadStore (Uploading), SearchIndex (Searching), DocumentQueries and
// PipelineStats (Querying) above, the Postgres client below.

import Concurrency
import Domain
import FoundationEssentials
package import Pipeline
package import Postgres
import QueryPostgres
import Uploading

/// Documents, jobs and chunks in PostgreSQL.
package struct PostgresCatalogue: Sendable {
    let pool: PostgresPool
    let lookups: PostgresPool
    let searches: PostgresPool
    /// Inserts uploads in sets; the value is whether the upload is new.
    let uploads: Coalescer<StoredUpload, UUID, Bool, PostgresError>

    /// - Parameters:
    ///   - pool: accepts and deletes documents.
    ///   - lookups: reads jobs, documents and chunks.
    ///   - searches: runs searches, with a short statement timeout. Three pools, so that expensive
    ///     searches hold up neither lookups nor uploads.
    ///   - attemptsMax: maximum attempts of a new job on each queue.
    package init(
        pool: PostgresPool, lookups: PostgresPool, searches: PostgresPool, attemptsMax: Int = 5
    ) {
        self.pool = pool
        self.lookups = lookups
        self.searches = searches
        uploads = Self.uploads(pool, attemptsMax: attemptsMax)
    }
}

extension PostgresCatalogue: ParseEventStore {
    package func note(_ event: ParseEvent) async throws(QueryError) -> Bool {
        let statement = Query.recordParseEvent(event.id, event.remoteJob, event.name)
        return try await !pool.rows(statement) { _ in }.isEmpty
    }
}
