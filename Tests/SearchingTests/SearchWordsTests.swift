import Testing

@testable import Searching

@Suite struct SearchWordsTests {
    @Test(
        arguments: [
            ("when does the harbour close?", "when does the harbour close?"),
            ("lamp Lamp lamp oil lamp", "lamp Lamp oil"),
            ("\"cold   night\" -\"warm day\" -fog", "\"cold night\" -\"warm day\" -fog"),
            ("fog or rain or", "fog or rain"), ("or fog", "fog"), ("fog or fog", "fog"),
            ("--- !? -- ...", ""), ("- fog", "fog"), ("--fog", "-fog"), ("\"\" a \"-\"", "a"),
            ("\"never closed phrase", "never closed phrase"),
            ("Größe a@b.example /etc/x.conf", "Größe a@b.example /etc/x.conf"),
            (String(repeating: "x", count: 65) + " y", "y"),
            ("https://example.org/" + String(repeating: "path/", count: 12), nil),
        ] as [(String, String?)])
    func `bounding a query preserves its meaning`(query: String, bounded: String?) {
        #expect(SearchWords.bounded(query) == bounded ?? query)
    }

    @Test func `a phrase that is too long is shortened`() {
        let words = (0..<100).map { "w\($0)" }
        let phrase = "\"\(words.joined(separator: " "))\" more"
        #expect(
            SearchWords.bounded(phrase)
                == "\"\(words.prefix(SearchWords.wordsMax).joined(separator: " "))\"")
    }

    /// The start of a query, a part that is repeated, and how often. `#` is its number.
    @Test(arguments: [
        ("", "word# ", 2000), ("", "a-b-c-d-e-f-g ", 500), ("\"", "word# ", 2000), ("", "- ", 4000),
        ("", "\"", 8000), ("", "x# or ", 2000),
    ])
    func `a bounded query never exceeds the word limit`(start: String, part: String, count: Int) {
        let query = (0..<count).reduce(into: start) { query, number in
            query += part.replacing("#", with: "\(number)")
        }
        let words = SearchWords.bounded(query).split { !$0.isLetter && !$0.isNumber }
        #expect(words.count <= SearchWords.wordsMax * 2, "with each 'or'")
        #expect(words.filter { $0 != "or" }.count <= SearchWords.wordsMax)
    }
}
