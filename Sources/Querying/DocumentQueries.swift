// Querying: the queries of clients about documents, jobs and the pipeline.
//
// Invariants: every query of a tenant returns that tenant's data only. No query moves a job.
// Neighbours: Serving writes the values as JSON; CataloguePostgres reads them from the database.

package import Domain
package import Pipeline

/// Documents, jobs and chunks of one tenant.
package protocol DocumentQueries: Sendable {
    func job(_ job: JobID, of tenant: TenantID) async throws(QueryError) -> JobStatus?
    /// The job's events after `cursor`, oldest first; `nil` when the job does not exist.
    func events(
        of job: JobID, after cursor: Int, limit: Int, tenant: TenantID
    ) async throws(QueryError) -> [JobEvent]?

    func document(
        _ document: DocumentID, of tenant: TenantID
    ) async throws(QueryError) -> DocumentSummary?
    func files(
        of document: DocumentID, tenant: TenantID
    ) async throws(QueryError) -> DocumentFiles?
    /// Documents after `cursor`, ordered by id.
    func documents(
        of tenant: TenantID, after cursor: DocumentID?, limit: Int
    ) async throws(QueryError) -> [DocumentSummary]
    /// Searchable chunks from number `start` on; `nil` when the document does not exist.
    func chunks(
        of document: DocumentID, from start: Int, limit: Int, tenant: TenantID
    ) async throws(QueryError) -> [SearchableChunk]?

    /// Deletes a document with its job, buffers and chunks in one transaction. Returns the paths
    /// of its blobs, or `nil` when the document does not exist.
    func delete(
        _ document: DocumentID, of tenant: TenantID
    ) async throws(QueryError) -> [String]?
    /// Whether a backup holds the blobs of all tenants, so that none may be deleted. Call it after
    /// `delete`.
    func blobsAreHeld() async throws(QueryError) -> Bool
}
