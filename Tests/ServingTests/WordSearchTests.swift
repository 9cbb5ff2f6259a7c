import Domain
import JobStorePostgres
import Querying
import TestSupport
import Testing

/// What a search by words finds.
@Suite(.timeLimit(.minutes(5))) struct WordSearchTests {
    private static let texts = [
        "Order part AB-1234/7 from max.muster@firma.de, see /srv/docs/price_list-2024.v1.23.4.txt",
        "The café serves crème brûlée to lighthouse keepers.",
        "The dead heat of the race was decided by a photo finish.",
        "A heat pump is dead after frost. A tie was worn.",
        "東京都の港は霧で閉まる。",
    ]

    @Test(arguments: [
        ("AB-1234/7", [0]), ("ab 1234", [0]), ("1234", [0]), ("muster", [0]),
        ("max.muster@firma.de", [0]), ("price_list", [0]), ("pricelist", []), ("1.23.4", [0]),
        ("v1.23.4", [0]), ("cafe", [1]), ("CRÈME", [1]), ("brulee", [1]), ("lighthuose", [1]),
        ("ligthhouses", [1]), ("\"dead heat\"", [2]), ("heat -race", [3]),
        ("heat -\"dead heat\"", [3]), ("\"photo finish\" or \"heat pump\"", [2, 3]),
        ("\"photo finish\" or tie", [2, 3]), ("東京", [4]), ("霧で閉まる", [4]), ("京東", []),
        ("-heat", []),
    ])
    func `words, parts, phrases and respelled words are found`(
        query: String, found: [Int]
    ) async throws {
        try await TestAPI.lend { api in
            _ = try await api.seed(Self.texts)
            try await api.countWords()
            let hits = try await api.textHits(query)
            #expect(Set(hits) == Set(found.map { Self.texts[$0] }), "\(query)")
        }
    }

    @Test func `words of file name and headings are found in each chunk`() async throws {
        try await TestAPI.lend { api in
            _ = try await api.seed(["first", "second"], name: "tariff-2026.pdf")
            _ = try await api.seed(["third"], name: "other.md")
            #expect(try await Set(api.textHits("tariff 2026")) == ["first", "second"])
            #expect(try await Set(api.textHits("title")) == ["first", "second", "third"])
        }
    }

    @Test func `words are found before they are counted`() async throws {
        try await TestAPI.lend { api in
            _ = try await api.seed(Self.texts)
            #expect(try await api.textHits("lighthouse") == [Self.texts[1]])
        }
    }

    @Test func `rare words weigh more than frequent ones, and short chunks more than long ones`()
        async throws
    {
        try await TestAPI.lend { api in
            let rest = String(repeating: " and so on in many words", count: 20)
            let texts =
                ["harbour comet", "harbour harbour harbour", "comet" + rest]
                + (0..<20).map { "harbour number \($0)" }
            _ = try await api.seed(texts)
            try await api.countWords()
            let hits = try await api.textHits("comet in the harbour")
            #expect(Array(hits.prefix(2)) == [texts[0], texts[2]])
            #expect(try await api.textHits("comet") == [texts[0], texts[2]])
        }
    }

    @Test func `a query is respelled by words of its tenant only`() async throws {
        try await TestAPI.lend { api in
            _ = try await api.seed(["lighthouse"], for: TestAPI.bob)
            _ = try await api.seed(["light house"])
            try await api.countWords()
            #expect(try await api.textHits("lighthuose").isEmpty)
        }
    }

    @Test func `a document has one hit on request, and scores are explained on request`()
        async throws
    {
        try await TestAPI.lend { api in
            let first = try await api.seed(["fog in the harbour", "fog at sea"], name: "a.md")
            let second = try await api.seed(["fog on land"], name: "b.md")
            for mode in ["hybrid", "vector", "text"] {
                let answer = try await api.search(
                    """
                    {"query": "fog in the harbour", "mode": "\(mode)", "one_per_document": true,
                     "explain": true}
                    """)
                let documents = try answer.texts("results", "document_id")
                #expect(documents == ["\(first)", "\(second)"])
                guard case .array(let hits)? = try answer.json["results"],
                    case .object(let hit)? = hits.first,
                    case .object(let explanation)? = hit["explanation"]
                else {
                    Issue.record("no explanation")
                    return
                }
                #expect((explanation["cosine_similarity"] == nil) == (mode == "text"))
                #expect((explanation["bm25"] == nil) == (mode == "vector"))
            }
            let plain = try await api.search(#"{"query": "fog"}"#)
            #expect(try plain.texts("results", "text").count == 3)
            #expect(!String(decoding: plain.body, as: UTF8.self).contains("explanation"))
        }
    }

    @Test(arguments: ["text", "hybrid"])
    func `hits in one of many documents are those of a search in it alone`(
        mode: String
    ) async throws {
        try await TestAPI.lend { api in
            let wanted = try await api.seed(["harbour one", "harbour two fog"], name: "w.md")
            for number in 0..<5 {
                _ = try await api.seed(
                    ["harbour fog \(number)", "fog \(number)"], name: "\(number)")
            }
            try await api.countWords()
            let answer = try await api.search(
                """
                {"query": "fog harbour", "mode": "\(mode)",
                 "filters": {"document_ids": ["\(wanted)"]}}
                """)
            #expect(try answer.texts("results", "text") == ["harbour two fog", "harbour one"])
        }
    }
}

extension TestAPI {
    fileprivate func countWords() async throws {
        for tenant in [TestAPI.alice, TestAPI.bob] {
            while try await database.store.maintainIndex(of: tenant) {}
        }
    }

    /// The texts of the hits of a search by words.
    fileprivate func textHits(_ query: String) async throws -> [String] {
        let escaped = query.replacing("\"", with: "\\\"")
        let answer = try await search("{\"query\": \"\(escaped)\", \"mode\": \"text\"}")
        #expect(answer.status == 200, "\(String(decoding: answer.body, as: UTF8.self))")
        return try answer.texts("results", "text")
    }
}
