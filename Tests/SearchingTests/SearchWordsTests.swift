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

    @Test(arguments: [
        (0..<2000).map { "word\($0)" }.joined(separator: " "),
        String(repeating: "a-b-c-d-e-f-g ", count: 500),
        "\"" + (0..<2000).map { "word\($0)" }.joined(separator: " ") + "\"",
        String(repeating: "- ", count: 4000), String(repeating: "\"", count: 8000),
        (0..<2000).map { "x\($0) or" }.joined(separator: " "),
    ])
    func `a bounded query never exceeds the word limit`(query: String) {
        let words = SearchWords.bounded(query).split { !$0.isLetter && !$0.isNumber }
        #expect(words.count <= SearchWords.wordsMax * 2, "with each 'or'")
        #expect(words.filter { $0 != "or" }.count <= SearchWords.wordsMax)
    }
}
