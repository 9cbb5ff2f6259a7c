package import Domain
package import Pipeline

/// Finds chunks of finished documents.
package protocol SearchIndex: Sendable {
    /// The best chunks of the tenant's documents, best first.
    func search(
        _ query: SearchQuery, of tenant: TenantID
    ) async throws(QueryError) -> [SearchHit]
}
