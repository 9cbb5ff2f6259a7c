import Chunker
import Domain
import Testing

/// How tables are cut: between rows, each part below the heading row.
@Suite struct TableChunkTests {
    private func chunks(_ text: String, target: Int = 48, max: Int = 64) throws -> [Chunk] {
        let limits = try ChunkLimits(target: target, max: max, overlapMax: 0, joinMax: 0)
        return try ChunkRules(text, .tokens(Ranks.tokenizer()), limits).check()
    }

    private func rows(_ numbers: ClosedRange<Int>) -> String {
        numbers.map { "| K\($0) | \($0 * 7) | value |" }.joined(separator: "\n")
    }

    @Test func `each part of a table has its caption, its heading row and whole rows`() throws {
        let text =
            "# Wells\n\nJanuary to June\n\n| Well | Depth | Note |\n| --- | --- | --- |\n"
            + rows(1...40) + "\n\nThe survey continues."
        let chunks = try chunks(text)
        #expect(chunks.count > 5)
        let head = "January to June\n\n| Well | Depth | Note |\n| --- | --- | --- |\n| K"
        #expect(chunks[0].text.hasPrefix("# Wells\n\n" + head))
        for chunk in chunks.dropFirst().dropLast() {
            #expect(chunk.text.hasPrefix(head))
            #expect(chunk.text.hasSuffix(" value |"))
        }
        #expect(chunks.last?.text == "The survey continues.")
        #expect(chunks.allSatisfy { $0.headings == ["Wells"] })
    }

    @Test func `two tables of a section keep their own heading rows`() throws {
        let text =
            "2026\n\n| Port | Tonnes |\n| --- | --- |\n| Kiel | 4296 |\n| Ulm | 17 |\n\n"
            + "2025\n\n| Port | Tonnes |\n| --- | --- |\n"
            + (1...20).map { "| Bari \($0) | 1296 |" }.joined(separator: "\n")
        for chunk in try chunks(text) where chunk.text.contains("1296") {
            #expect(chunk.text.contains("2025\n\n| Port |") && !chunk.text.contains("2026"))
        }
    }

    @Test func `a small table stays with the text around it`() throws {
        let text = "Fees:\n\n| a | b |\n| --- | --- |\n| 1 | 2 |\n\nDue in May."
        let long = String(repeating: "Some words stand here. ", count: 12)
        #expect(try chunks(text).map(\.text) == [text])
        let chunks = try chunks(long + "\n\n" + text)
        #expect(chunks.contains { $0.text.contains("| a | b |\n| --- | --- |\n| 1 | 2 |") })
    }

    @Test func `a row that is too wide names each value and repeats its key`() throws {
        let names = (1...30).map { "Column \($0)" }
        let values = (1...30).map { "v\($0)" }
        let line = { (cells: [String]) in "| " + cells.joined(separator: " | ") + " |" }
        let rule = line(names.map { _ in "---" })
        let text =
            "Sensors\n\n" + line(names) + "\n" + rule + "\n" + line(values) + "\n" + line(values)
        let chunks = try chunks(text)
        #expect(chunks.count > 4)
        for chunk in chunks.dropFirst() {
            #expect(chunk.text.hasPrefix("Sensors\n\nColumn 1: v1\n"))
            #expect(!chunk.text.contains("|"))
        }
        let all = chunks.map(\.text).joined(separator: "\n")
        for column in 1...30 { #expect(all.contains("Column \(column): v\(column)")) }
    }

    @Test func `a cell that is too long is cut, and each part has the column and the key`() throws {
        let sentence = "The valve sticks when it is cold, so warm it before use. "
        let text =
            "| Part | Advice |\n| --- | --- |\n| V7 | \(String(repeating: sentence, count: 20))|\n"
            + "| V8 | none |"
        let chunks = try chunks(text)
        let parts = chunks.filter { $0.text.contains("valve") }
        #expect(parts.count > 4)
        #expect(parts.dropFirst().allSatisfy { $0.text.hasPrefix("Part: V7\nAdvice: The valve") })
        #expect(chunks.last?.text == "| Part | Advice |\n| --- | --- |\n| V8 | none |")
    }

    @Test func `a table without headings is cut between rows`() throws {
        let text =
            "|  |  |\n| --- | --- |\n"
            + (1...40).map { "| \($0) | x |" }.joined(
                separator: "\n")
        for chunk in try chunks(text) { #expect(chunk.text.hasPrefix("|  |  |\n| --- | --- |\n|")) }
    }

    @Test func `a table that continues on the next page is one table`() throws {
        let text =
            "| Well | Depth | Note |\n| --- | --- | --- |\n" + rows(1...5) + "\u{0C}"
            + rows(6...9) + "\n\u{0C}# Next\n\nEnd."
        let chunks = try chunks(text, target: 64)
        let last = try #require(chunks.last { $0.text.contains("K9") })
        #expect(last.text.hasPrefix("| Well | Depth | Note |"))
        #expect(last.text.contains("| K6 | 42 | value |\n| K7 |"))
        #expect(last.pages?.upperBound == 2)
        #expect(chunks[0].pages?.lowerBound == 1)
        #expect(chunks.last?.pages == 3...3)
    }

    @Test func `a sentence that continues on the next page is in one chunk of both pages`() throws {
        let chunks = try chunks("The notice period to be kept is\u{0C}ninety days.\n\n\u{0C}Next.")
        #expect(chunks.map(\.text) == ["The notice period to be kept is ninety days.", "Next."])
        #expect(chunks.map(\.pages) == [1...2, 3...3])
    }
}
