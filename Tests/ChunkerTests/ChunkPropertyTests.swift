import Chunker
import Domain
import Testing

@Suite struct ChunkPropertyTests {
    /// The last four tore a mark from the blank it stands on.
    @Test(arguments: Array(1...40) + [181, 250, 595, 613])
    func `any Markdown is cut by the rules`(seed: Int) throws {
        var generator = RandomMarkdown(seed: UInt64(seed))
        let text = generator.document(blocks: 30)
        let tokenizer = try Ranks.tokenizer()
        let limits = try [
            ChunkLimits.standard,
            ChunkLimits(tokensTarget: 32, tokensMax: 32, overlapTokensMax: 8, joinTokensMax: 32),
            ChunkLimits(tokensTarget: 40, tokensMax: 64, overlapTokensMax: 0, joinTokensMax: 0),
        ]
        try ChunkRules(text, limits[seed % 3], tokenizer).check("seed \(seed)")
    }

    static let unbroken: [(String, Int)] = [
        ("a", 60_000), ("#", 60_000), ("-", 60_000), ("字", 15_000), ("🇩🇪", 3_000),
        ("👨‍👩‍👧", 2_000), ("。", 15_000), (">", 30_000), ("`", 30_000), ("aB3/", 15_000),
    ]

    @Test(arguments: unbroken)
    func `a line without blanks is cut between graphemes`(unit: String, count: Int) throws {
        let text = String(repeating: unit, count: count)
        let chunks = try ChunkRules(text, .standard, Ranks.tokenizer()).check("\(unit)")
        #expect(chunks.count > 10)
    }

    @Test func `a grapheme that exceeds the limits is cut between scalars`() throws {
        let text = "a" + String(repeating: "\u{301}", count: 5000)
        let chunks = try ChunkRules(text, .standard, Ranks.tokenizer()).check(graphemes: false)
        #expect(chunks.count > 5)
    }

    @Test func `20,000 headings without text keep together`() throws {
        let text = String(repeating: "# h\n\n", count: 20_000)
        let chunker = MarkdownChunker(tokenizer: try Ranks.tokenizer())
        let chunks = try chunker.chunk(Array(text.utf8))
        #expect((400...2_000).contains(chunks.count))
        #expect(chunks.allSatisfy { $0.tokens <= chunker.limits.tokensMax })
        #expect(chunks.last?.utf8Range.upperBound == text.utf8.count - 2)
    }

    @Test func `deep lists and many blanks are cut by the rules`() throws {
        let tokenizer = try Ranks.tokenizer()
        let deep = (0..<300).map { String(repeating: "  ", count: $0) + "- item \($0)\n" }.joined()
        try ChunkRules(deep, .standard, tokenizer).check("deep")
        let blanks = "a" + String(repeating: " ", count: 300_000) + "b"
        #expect(try ChunkRules(blanks, .standard, tokenizer).check("blanks").count == 2)
        let pages = String(repeating: "a\n\u{0C}", count: 500)
        #expect(try ChunkRules(pages, .standard, tokenizer).check("pages").count == 500)
    }

    /// Were time quadratic, four times the text would take sixteen times as long.
    @Test(arguments: ["a", "a ", "a\n", "。", "- a\n", "a. B, "])
    func `time is linear in the text`(unit: String) throws {
        let chunker = MarkdownChunker(tokenizer: try Ranks.tokenizer())
        func seconds(_ bytes: Int) throws -> Duration {
            let text = String(repeating: unit, count: bytes / unit.utf8.count)
            return try (0..<3).map { _ in
                try ContinuousClock().measure { _ = try chunker.chunk(Array(text.utf8)) }
            }.min() ?? .zero
        }
        #expect(try seconds(80_000) < seconds(20_000) * 10)
    }
}
