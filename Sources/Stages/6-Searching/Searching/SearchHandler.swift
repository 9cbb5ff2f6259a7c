// Searching: from a query to the best chunks of finished documents.
//
// Invariants: a search sees only chunks of its tenant and of the embedder's space. The cost of one
// search is bounded: the bytes and words of its query, its hits, and the searches at the same time.
// Neighbours: Serving reads requests and writes responses; the ports Embedder and SearchIndex do
// the work outside; Indexing maintains what the index reads.

package import Domain
package import Pipeline

/// Answers searches.
package struct SearchHandler: Sendable {
    private let index: any SearchIndex
    private let embedder: any Embedder
    private let admission: Admission

    package init(index: any SearchIndex, embedder: any Embedder, concurrentMax: Int) {
        self.index = index
        self.embedder = embedder
        admission = Admission(places: concurrentMax)
    }

    /// The space of the query's vector and of every hit.
    package var space: EmbeddingSpace { embedder.space }

    /// The best hits, best first.
    package func search(
        _ request: SearchRequest, for tenant: TenantID
    ) async throws -> [SearchHit] {
        try await admission.admit(tenant) {
            let vector =
                request.mode.ranksByMeaning
                ? try await embedder.embedQuery(request.query, for: CallSubject(tenant: tenant))
                : nil
            return try await index.search(
                SearchQuery(request, vector: vector, space: space), of: tenant)
        }
    }
}
