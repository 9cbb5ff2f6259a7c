package import Domain
import FoundationEssentials
import Indexing
package import Pipeline
import Postgres
import QueryPostgres
package import Searching

extension PostgresCatalogue: SearchIndex {
    package func search(
        _ query: SearchQuery, of tenant: TenantID
    ) async throws(QueryError) -> [SearchHit] {
        let statements = [
            Query.planSearch(),
            Query.search(
                tenant.uuid, query.vector.map { PostgresVector($0) }, query.space.model,
                query.space.version, query.words?.ranked, query.limit,
                query.documents.map { $0.map(\.uuid) }, query.mediaTypes,
                query.vector.map { PostgresBits(Sketch(of: $0).words) },
                query.words?.required.flatMap { $0 } ?? [], query.words?.groupNumbers ?? [],
                query.words?.excluded ?? [], query.onePerDocument),
        ]
        do {
            // One transaction; the hits are the rows of its last statement.
            return try await searches.pipeline(statements).last?.map(Self.hit) ?? []
        } catch {
            throw QueryError(error)
        }
    }

    private static func hit(_ row: PostgresRow) throws(PostgresError) -> SearchHit {
        SearchHit(
            document: DocumentID(try row.decode(0, as: UUID.self)),
            filename: try row.decode(1), mime: try row.decode(2), chunk: try row.decode(3),
            ord: try row.decode(4), text: try row.decode(5), headings: try row.decode(6),
            pages: try row.pages(first: 7, last: 8), score: try row.decode(9),
            vectorRank: try row.decodeIfPresent(10), textRank: try row.decodeIfPresent(11),
            similarity: try row.decodeIfPresent(12), textScore: try row.decodeIfPresent(13))
    }
}

extension SearchWords {
    /// For each alternative of `required`, the number of its group.
    fileprivate var groupNumbers: [Int32] {
        required.indices.flatMap { group in required[group].map { _ in Int32(group) } }
    }
}
