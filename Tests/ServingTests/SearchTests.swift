import Domain
import Querying
import Serving
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(5))) struct SearchTests {
    private static let texts = [
        "The harbour closes when fog hides the lighthouse.",
        "Bread dough rests for a night in the cold.",
        "A comet is best observed before dawn.",
    ]

    @Test(arguments: ["hybrid", "vector", "text"])
    func `the passage that answers the query is the first hit`(mode: String) async throws {
        try await TestAPI.lend { api in
            let document = try await api.seed(Self.texts)
            let answer = try await api.search(
                #"{"query": "when does the harbour close?", "mode": "\#(mode)"}"#)
            #expect(answer.status == 200)
            #expect(try answer.texts("results", "text").first == Self.texts[0])
            #expect(try answer.texts("results", "document_id").first == "\(document)")
            guard case .array(let hits)? = try answer.json["results"],
                case .object(let hit)? = hits.first
            else {
                Issue.record("no hit")
                return
            }
            #expect(hit["headings"] == .array([.string("Title")]))
            #expect(hit["pages"] == .array([.number(3), .number(4)]))
            #expect((hit["vector_rank"] == nil) == (mode == "text"))
            #expect((hit["text_rank"] == nil) == (mode == "vector"))
        }
    }

    @Test func `a search finds nothing of another tenant or another space`() async throws {
        try await TestAPI.lend { api in
            _ = try await api.seed(Self.texts, for: TestAPI.bob)
            _ = try await api.seed(
                Self.texts, space: EmbeddingSpace(model: "other", version: "1", width: 8))
            for mode in ["hybrid", "vector", "text"] {
                let answer = try await api.search(#"{"query": "harbour", "mode": "\#(mode)"}"#)
                #expect(try answer.json["results"] == .array([]))
            }
        }
    }

    @Test func `filters and k limit the hits`() async throws {
        try await TestAPI.lend { api in
            let first = try await api.seed(Self.texts, name: "first.md")
            let second = try await api.seed(Self.texts, name: "second.md")
            let all = try await api.search(#"{"query": "harbour", "k": 100}"#)
            #expect(try all.texts("results", "text").count == 6)
            let some = try await api.search(
                #"{"query": "harbour", "filters": {"document_ids": ["\#(second)"]}}"#)
            #expect(try Set(some.texts("results", "document_id")) == ["\(second)"])
            let none = try await api.search(
                #"{"query": "harbour", "filters": {"mimes": ["text/csv"]}}"#)
            #expect(try none.json["results"] == .array([]))
            let one = try await api.search(#"{"query": "harbour", "k": 1}"#)
            #expect(try one.texts("results", "text") == [Self.texts[0]])
            #expect(first != second)
        }
    }

    @Test func `a query whose words occur in no single chunk matches any of them`() async throws {
        try await TestAPI.lend { api in
            _ = try await api.seed(Self.texts)
            let answer = try await api.search(
                #"{"query": "does a comet rest in the harbour?", "mode": "text"}"#)
            #expect(try Set(answer.texts("results", "text")) == Set(Self.texts))
        }
    }

    @Test(arguments: [
        ("{", 400, "malformed_json"), (#"{"k": 1}"#, 400, "malformed_json"),
        (#"{"query": 1}"#, 400, "malformed_json"),
        (#"{"query": "a", "mode": "best"}"#, 400, "malformed_json"),
        (#"{"query": "a", "filters": {"document_ids": ["x"]}}"#, 400, "malformed_json"),
        (#"{"query": " "}"#, 422, "query_empty"), (#"{"query": "a", "k": 0}"#, 422, "k_invalid"),
        (#"{"query": "a", "k": 101}"#, 422, "k_invalid"),
        (#"{"query": "a", "filters": {"document_ids": []}}"#, 422, "filter_invalid"),
        ("{\"query\": \"" + String(repeating: "a", count: 9000) + "\"}", 422, "query_too_long"),
        ("{\"query\": \"" + String(repeating: "a", count: 70_000) + "\"}", 413, "body_too_large"),
    ])
    func `an invalid search is refused with its reason`(
        body: String, status: Int, code: String
    ) async throws {
        try await TestAPI.lend { api in
            let answer = try await api.search(body)
            #expect((answer.status, answer.code) == (status, code))
        }
    }

    @Test(arguments: ["'; DROP TABLE x --", "a & | ! (", "\"unclosed", "\u{0}", "🌊🌊", "the of and"])
    func `any text is a valid query`(query: String) async throws {
        try await TestAPI.lend { api in
            _ = try await api.seed(Self.texts)
            let escaped = query.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
                .replacing("\u{0}", with: "\\u0000")
            for mode in ["hybrid", "vector", "text"] {
                let answer = try await api.search(
                    "{\"query\": \"\(escaped)\", \"mode\": \"\(mode)\"}")
                #expect(answer.status == 200, "\(String(decoding: answer.body, as: UTF8.self))")
            }
        }
    }
}
