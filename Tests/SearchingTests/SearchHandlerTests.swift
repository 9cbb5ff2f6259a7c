import Domain
import Pipeline
import Searching
import Synchronization
import Testing

@Suite(.timeLimit(.minutes(5))) struct SearchHandlerTests {
    private struct OneEmbedder: Embedder {
        let space = EmbeddingSpace(model: "m", version: "1", width: 1)
        let batchMax = 1

        func embed(
            _ texts: [String], for subject: CallSubject
        ) async throws(JobFailure) -> [[Float]] {
            texts.map { _ in [1] }
        }
    }

    /// Finds nothing and remembers what was searched for.
    private final class EmptyIndex: SearchIndex {
        let queries = Mutex<[(query: SearchQuery, tenant: TenantID)]>([])

        func search(
            _ query: SearchQuery, of tenant: TenantID
        ) async throws(QueryError) -> [SearchHit] {
            queries.withLock { $0.append((query, tenant)) }
            return []
        }
    }

    @Test(arguments: [
        (SearchMode.hybrid, true, true), (.vector, true, false), (.text, false, true),
    ])
    func `the query is embedded only if the mode ranks by meaning`(
        mode: SearchMode, hasVector: Bool, hasWords: Bool
    ) async throws {
        let (index, tenant) = (EmptyIndex(), TenantID())
        let handler = SearchHandler(index: index, embedder: OneEmbedder(), concurrentMax: 2)
        let request = try SearchRequest(query: "fog", mode: mode, limit: 7)
        #expect(try await handler.search(request, for: tenant).isEmpty)
        let searched = try #require(index.queries.withLock { $0.first })
        #expect((searched.query.vector == [1]) == hasVector)
        #expect((searched.query.words?.ranked == "fog") == hasWords)
        #expect(searched.query.limit == 7 && searched.query.space == handler.space)
        #expect(searched.tenant == tenant)
    }

    @Test func `a search beyond the limit is refused`() async throws {
        let handler = SearchHandler(
            index: EmptyIndex(), embedder: OneEmbedder(), concurrentMax: 0)
        let request = try SearchRequest(query: "fog")
        await #expect(throws: Admission.Refusal.full(places: 0)) {
            try await handler.search(request, for: TenantID())
        }
    }
}
