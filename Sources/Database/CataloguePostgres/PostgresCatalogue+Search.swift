package import Domain
import FoundationEssentials
import Indexing
import Postgres
package import Serving

extension PostgresCatalogue {
    package func search(
        _ search: Search, of user: TenantID
    ) async throws(CatalogueError) -> [SearchHit] {
        let statements = [
            Query.planSearch(),
            Query.search(
                user.uuid, search.vector.map { PostgresVector($0) }, search.space.model,
                search.space.version, search.words, search.limit,
                search.documents.map { $0.map(\.uuid) }, search.mimes,
                search.vector.map { PostgresBits(Sketch(of: $0).words) }),
        ]
        return try await searchRows(statements) { row in
            SearchHit(
                documentId: DocumentID(try row.decode(0, as: UUID.self)),
                filename: try row.decode(1), mime: try row.decode(2), chunkId: try row.decode(3),
                ord: try row.decode(4), text: try row.decode(5), headings: try row.decode(6),
                pages: try Self.pages(row, 7), score: try row.decode(9),
                vectorRank: try row.decodeIfPresent(10), textRank: try row.decodeIfPresent(11))
        }
    }
}
