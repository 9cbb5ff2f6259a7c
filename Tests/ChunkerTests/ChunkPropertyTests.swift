import Chunker
import Domain
import Glibc
import Testing

@Suite struct ChunkPropertyTests {
    /// The last four seeds once separated a combining mark from the blank before it.
    @Test(arguments: Array(1...40) + [181, 250, 595, 613])
    func `arbitrary Markdown is cut by the rules`(seed: Int) throws {
        var generator = RandomMarkdown(seed: UInt64(seed))
        let text = generator.document(blocks: 30)
        let limits = try [
            nil,
            ChunkLimits(target: 32, max: 32, overlapMax: 8, joinMax: 32),
            ChunkLimits(target: 40, max: 64, overlapMax: 0, joinMax: 0),
        ]
        for measure in try Ranks.measures() {
            try ChunkRules(text, measure, limits[seed % 3]).check(
                "seed \(seed) by \(MarkdownChunker(by: measure).identity.name)")
        }
    }

    static let unbroken: [(String, Int)] = [
        ("a", 60_000), ("#", 60_000), ("-", 60_000), ("字", 15_000), ("🇩🇪", 3_000),
        ("👨‍👩‍👧", 2_000), ("。", 15_000), (">", 30_000), ("`", 30_000), ("aB3/", 15_000),
    ]

    @Test(arguments: unbroken)
    func `a line without blanks is cut between graphemes`(unit: String, count: Int) throws {
        let text = String(repeating: unit, count: count)
        for measure in try Ranks.measures() {
            let chunks = try ChunkRules(text, measure).check(
                "\(unit) by \(MarkdownChunker(by: measure).identity.name)")
            #expect(chunks.count > (chunks[0].tokens == nil ? 5 : 10))
        }
    }

    @Test func `a grapheme that exceeds the limits is cut between scalars`() throws {
        let text = "a" + String(repeating: "\u{301}", count: 5000)
        for measure in try Ranks.measures() {
            let chunks = try ChunkRules(text, measure).check(graphemes: false)
            #expect(chunks.count > 5)
        }
    }

    @Test func `20,000 headings without text stay together`() throws {
        let text = String(repeating: "# h\n\n", count: 20_000)
        let chunker = MarkdownChunker(by: .tokens(try Ranks.tokenizer()))
        let chunks = try chunker.chunk(Array(text.utf8))
        #expect((400...2_000).contains(chunks.count))
        #expect(chunks.allSatisfy { $0.tokens ?? .max <= chunker.limits.max })
        #expect(chunks.last?.utf8Range.upperBound == text.utf8.count - 2)
    }

    @Test func `deep lists and many blanks are cut by the rules`() throws {
        let deep = (0..<300).map { String(repeating: "  ", count: $0) + "- item \($0)\n" }.joined()
        let blanks = "a" + String(repeating: " ", count: 300_000) + "b"
        let pages = String(repeating: "a\n\u{0C}", count: 500)
        for measure in try Ranks.measures() {
            try ChunkRules(deep, measure).check("deep")
            #expect(try ChunkRules(blanks, measure).check("blanks").count == 2)
            #expect(try ChunkRules(pages, measure).check("pages").count == 500)
        }
    }

    /// With quadratic time, four times the text would take sixteen times as long.
    @Test(arguments: ["a", "a ", "a\n", "。", "- a\n", "a. B, "])
    func `time is linear in the text`(unit: String) throws {
        for measure in try Ranks.measures() {
            let chunker = MarkdownChunker(by: measure)
            func processorTime(_ bytes: Int) throws -> Duration {
                let text = String(repeating: unit, count: bytes / unit.utf8.count)
                return try (0..<3).map { _ in
                    let start = threadProcessorTime()
                    _ = try chunker.chunk(Array(text.utf8))
                    return threadProcessorTime() - start
                }.min() ?? .zero
            }
            #expect(try processorTime(80_000) < processorTime(20_000) * 10)
        }
    }
}

/// The processor time of this thread, which other tests at the same time do not lengthen.
private func threadProcessorTime() -> Duration {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
}
