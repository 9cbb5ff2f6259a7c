import Chunker
import Domain
import Testing

@Suite struct MarkdownChunkerTests {
    private func chunks(
        _ text: String, target: Int = 32, max: Int = 48, overlap: Int = 0, join: Int = 0,
        plainTitles: Bool = true
    ) throws -> [Chunk] {
        let limits = try ChunkLimits(
            target: target, max: max, overlapMax: overlap, joinMax: join)
        return try ChunkRules(text, .tokens(Ranks.tokenizer()), limits)
            .check(plainTitles: plainTitles)
    }

    @Test(arguments: ["", " ", "\n\n", " \u{0C}\n\u{0C} ", "\u{3000}\u{A0}\t"])
    func `a text of only blanks has no chunks`(text: String) throws {
        #expect(try chunks(text).isEmpty)
    }

    @Test func `bytes that are not UTF-8 are refused`() throws {
        let chunker = MarkdownChunker(by: .tokens(try Ranks.tokenizer()))
        #expect(throws: ChunkerError.notUTF8) { try chunker.chunk([0x61, 0xC3, 0x28]) }
    }

    @Test func `a short text is one chunk without leading and trailing blanks`() throws {
        let chunks = try chunks("\n\n  Hello world \n\n")
        #expect(
            chunks == [
                Chunk(
                    ord: 0, text: "Hello world", utf8Range: 4..<15, tokens: 2, headings: [],
                    pages: nil)
            ])
    }

    @Test func `a section begins at its heading and contains the headings above it`() throws {
        let chunks = try chunks(
            "intro\n\n# A\n\none\n\n## B ##\n\ntwo\n\n# C\n\nthree\n", plainTitles: false)
        #expect(chunks.map(\.text) == ["intro", "# A\n\none", "## B ##\n\ntwo", "# C\n\nthree"])
        #expect(chunks.map(\.headings) == [[], ["A"], ["A", "B"], ["C"]])
    }

    @Test func `a heading without text joins the section that follows`() throws {
        let chunks = try chunks("# A\n\n## B\n\nbody\n\n# Z\n")
        #expect(chunks.map(\.text) == ["# A\n\n## B\n\nbody", "# Z"])
        #expect(chunks.map(\.headings) == [["A", "B"], ["Z"]])
    }

    @Test func `short neighbours share a chunk under their common heading`() throws {
        let text = "# A\n\n## B\n\none two\n\n## C\n\nthree four\n\n# D\n\nfive\n"
        let joined = try chunks(text, join: 30)
        #expect(
            joined.map(\.text) == ["# A\n\n## B\n\none two\n\n## C\n\nthree four\n\n# D\n\nfive"])
        #expect(joined.map(\.headings) == [[]])
        let deeper = try chunks("# A\n\nx\n\n## B\n\none\n\n## C\n\ntwo\n\n# D\n\nfive\n", join: 17)
        #expect(deeper.first?.headings == ["A"])
        let parted = try chunks("## B\n\none\n\n# D\n\nfive\n", join: 30)
        #expect(parted.map(\.headings) == [["B"], ["D"]])
    }

    @Test func `titles lose markup and escapes, and long ones are truncated`() throws {
        let long = String(repeating: "é", count: 150)
        let chunks = try chunks(
            "# The `f\\_x` **call**\n\na\n\n# \(long)\n\nb", plainTitles: false)
        #expect(chunks[0].headings == ["The f_x call"])
        let title = try #require(chunks.last?.headings.first)
        #expect(title == String(repeating: "é", count: 100) + "…")
    }

    @Test(arguments: ["#tag", "####### seven", "#", "# ##", "    # code"])
    func `text that only looks like a heading is text`(line: String) throws {
        #expect(try chunks("a\n\n\(line)\n\nb").allSatisfy { $0.headings.isEmpty })
    }

    @Test func `hashes in fenced code are not headings, and code is cut between lines`() throws {
        let code = (1...30).map { "# comment \($0)" }.joined(separator: "\n")
        let chunks = try chunks("# T\n\n```sh\n\(code)\n```\n\n# U\n\nend")
        #expect(chunks.count > 3)
        #expect(chunks.dropLast().allSatisfy { $0.headings == ["T"] })
        #expect(chunks.last?.headings == ["U"])
        #expect(chunks.dropFirst().dropLast().allSatisfy { $0.text.hasPrefix("# comment") })
    }

    @Test func `a chunk never crosses a page, and pages count from one`() throws {
        let chunks = try chunks("# A\n\none\n\u{0C}two\n\u{0C}\n\u{0C}# B\n\nfour\n", join: 32)
        #expect(chunks.map(\.text) == ["# A\n\none", "two", "# B\n\nfour"])
        #expect(chunks.map(\.pages) == [1...1, 2...2, 4...4])
        #expect(chunks.map(\.headings) == [["A"], ["A"], ["B"]])
    }

    @Test func `paragraphs stay whole where they fit`() throws {
        let paragraph = "The culture lives in two tubs, and it is fed every twelve hours."
        let text = Array(repeating: paragraph, count: 8).joined(separator: "\n\n")
        for chunk in try chunks(text) {
            #expect(chunk.text.hasPrefix("The culture") && chunk.text.hasSuffix("hours."))
        }
    }

    @Test func `a long paragraph is cut between sentences, not after abbreviations`() throws {
        let text = String(
            repeating: "Ask Dr. Smith about Fig. 3, e.g. the dome. He knows J. Doe! ",
            count: 12)
        let chunks = try chunks(text)
        #expect(chunks.count > 2)
        for chunk in chunks {
            #expect(chunk.text.hasSuffix("dome.") || chunk.text.hasSuffix("Doe!"))
        }
    }

    @Test func `Chinese and Japanese are cut after their full stops`() throws {
        let text = String(repeating: "人人生而自由，在尊严和权利上一律平等。「他们赋有理性。」", count: 9)
        let chunks = try chunks(text, target: 48, max: 64)
        #expect(chunks.count > 2)
        for chunk in chunks { #expect(chunk.text.hasSuffix("。") || chunk.text.hasSuffix("。」")) }
    }

    @Test func `lists are cut between items and keep their introductory line`() throws {
        let items = (1...20).map { "- item \($0) is here. It has two sentences." }
        let text =
            String(repeating: "word ", count: 20) + "\n\nThe items:\n\n"
            + items.joined(separator: "\n")
        let chunks = try chunks(text)
        #expect(chunks.dropFirst().allSatisfy { $0.text.hasPrefix("- item") || $0.ord == 1 })
        let leading = try #require(chunks.first { $0.text.contains("The items:") })
        #expect(leading.text.contains("- item 1 "))
    }

    @Test func `tables are cut between rows, never below the heading row`() throws {
        let rows = (1...30).map { "| \($0) | value. Of \($0) |" }.joined(separator: "\n")
        let chunks = try chunks("| n | v |\n|---|---|\n" + rows)
        #expect(chunks.count > 3)
        #expect(chunks.allSatisfy { $0.text.hasPrefix("| ") && $0.text.hasSuffix(" |") })
        #expect(chunks[0].text.hasPrefix("| n | v |\n|---|---|\n| 1 |"))
    }

    @Test func `a section is divided into chunks of similar size`() throws {
        let text = (1...27).map { "Word \($0) here." }.joined(separator: " ")
        let tokens = try chunks(text, target: 60, max: 64).compactMap(\.tokens)
        let (least, most) = (try #require(tokens.min()), try #require(tokens.max()))
        #expect(tokens.count > 1 && most - least <= 10, "\(tokens)")
    }

    @Test func `a chunk repeats the last sentence of the previous one`() throws {
        let text = (1...30).map { "Sentence \($0) is short." }.joined(separator: " ")
        let chunks = try chunks(text, overlap: 8)
        #expect(chunks.count > 3)
        for (chunk, next) in zip(chunks, chunks.dropFirst()) {
            let shared = next.utf8Range.lowerBound..<chunk.utf8Range.upperBound
            #expect(
                chunk.text.utf8.suffix(shared.count).elementsEqual(
                    next.text.utf8.prefix(shared.count)))
            #expect(next.text.hasPrefix("Sentence") && !shared.isEmpty)
        }
    }

    @Test func `measured in characters, an emoji counts as one and tokens are not reported`() throws
    {
        let limits = try ChunkLimits(target: 32, max: 32, overlapMax: 0, joinMax: 0)
        let text = String(repeating: "人人生而自由，在尊严和权利上一律平等。", count: 4)
        let chunks = try ChunkRules(text, .characters, limits).check()
        #expect(chunks.map(\.text.unicodeScalars.count) == [19, 19, 19, 19])
        #expect(chunks.allSatisfy { $0.tokens == nil })
        let accented = String(repeating: "e\u{301}", count: 40)
        #expect(
            try ChunkRules(accented, .characters, limits).check().map(\.text.unicodeScalars.count)
                == [32, 32, 16])
    }

    @Test func `no overlap crosses a heading or a page`() throws {
        let body = String(repeating: "Some words stand here. ", count: 12)
        let text = "# A\n\n\(body)\n\n# B\n\n\(body)\u{0C}\(body)"
        let chunks = try chunks(text, overlap: 12)
        let starts = chunks.filter { $0.text.hasPrefix("# B") || $0.pages == 2...2 }.prefix(2)
        #expect(starts.count == 2)
        for (chunk, next) in zip(chunks, chunks.dropFirst())
        where next.text.hasPrefix("# B") || next.pages != chunk.pages {
            #expect(next.utf8Range.lowerBound >= chunk.utf8Range.upperBound)
        }
    }
}
