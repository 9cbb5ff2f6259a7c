import Domain
import Testing

@testable import Searching

@Suite struct SearchRequestTests {
    private static let space = EmbeddingSpace(model: "m", version: "1", width: 8)

    @Test func `a request without options is a hybrid search for ten hits`() throws {
        let request = try SearchRequest(query: "fog")
        #expect(request.mode == .hybrid)
        #expect(request.limit == 10)
        #expect(request.documents == nil && request.mediaTypes == nil)
    }

    @Test func `a query must be text of at most 8 KiB`() {
        for query in ["", " ", "\n\t\u{A0}"] {
            #expect(throws: SearchRefusal.queryEmpty) { try SearchRequest(query: query) }
        }
        #expect(throws: SearchRefusal.queryTooLong(bytesMax: 8192)) {
            try SearchRequest(query: String(repeating: "é", count: 4097))
        }
    }

    @Test func `limit and document filter must be in range`() throws {
        for limit in [0, -1, 101] {
            #expect(throws: SearchRefusal.limitInvalid(1...100)) {
                try SearchRequest(query: "fog", limit: limit)
            }
        }
        for count in [0, 1001] {
            #expect(throws: SearchRefusal.documentFilterInvalid(1...1000)) {
                try SearchRequest(query: "fog", documents: (0..<count).map { _ in DocumentID() })
            }
        }
        #expect(try SearchRequest(query: "fog", documents: [DocumentID()]).documents?.count == 1)
    }

    @Test(arguments: [
        (SearchMode.hybrid, true, true), (.vector, true, false), (.text, false, true),
    ])
    func `a mode chooses the rankings`(mode: SearchMode, byMeaning: Bool, byWords: Bool) throws {
        #expect(mode.ranksByMeaning == byMeaning)
        let request = try SearchRequest(query: "fog", mode: mode)
        let query = SearchQuery(request, vector: nil, space: Self.space)
        #expect((query.words != nil) == byWords)
    }

    @Test func `NUL, which cannot be stored, is replaced`() throws {
        let request = try SearchRequest(query: "a\u{0}b", mediaTypes: ["text\u{0}plain"])
        let query = SearchQuery(request, vector: nil, space: Self.space)
        #expect(query.words?.ranked == "a b")
        #expect(query.mediaTypes == ["text plain"])
    }
}
