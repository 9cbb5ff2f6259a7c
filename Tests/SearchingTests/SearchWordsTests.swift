import Testing

@testable import Searching

@Suite struct SearchWordsTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let query: String
        let ranked: String
        var required: [[String]] = []
        var excluded: [String] = []

        var testDescription: String { query }
    }

    @Test(arguments: [
        Case(query: "when does the harbour close?", ranked: "when does the harbour close?"),
        Case(query: "lamp Lamp lamp oil lamp", ranked: "lamp Lamp oil lamp lamp"),
        Case(
            query: "\"cold   night\" -\"warm day\" -fog", ranked: "cold night",
            required: [["cold night"]], excluded: ["warm day", "fog"]),
        Case(query: "fog or rain or", ranked: "fog rain"), Case(query: "or fog", ranked: "fog"),
        Case(
            query: "\"dead heat\" or tie or \"photo finish\" race",
            ranked:
                "dead heat tie photo finish race",
            required: [["dead heat", "tie", "photo finish"]]),
        Case(
            query: "\"a b\" \"c d\"", ranked: "a b c d", required: [["a b"], ["c d"]]),
        Case(query: "fog or fog", ranked: "fog"), Case(query: "--- !? -- ...", ranked: ""),
        Case(query: "- fog", ranked: "fog"),
        Case(query: "--fog", ranked: "", excluded: ["fog"]),
        Case(query: "\"\" a \"-\"", ranked: "a"),
        Case(query: "\"never closed phrase", ranked: "never closed phrase"),
        Case(query: "Größe a@b.example /etc/x.conf", ranked: "Größe a@b.example /etc/x.conf"),
        Case(query: String(repeating: "x", count: 65) + " y", ranked: "y"),
        Case(
            query: "https://example.org/" + String(repeating: "path/", count: 12),
            ranked: "https://example.org/" + String(repeating: "path/", count: 12)),
    ])
    func `a query is taken apart`(case: Case) {
        let words = SearchWords(`case`.query)
        #expect(words.ranked == `case`.ranked)
        #expect(words.required == `case`.required)
        #expect(words.excluded == `case`.excluded)
    }

    @Test func `a phrase that is too long is shortened`() {
        let words = (0..<100).map { "w\($0)" }
        let query = SearchWords("\"\(words.joined(separator: " "))\" more")
        #expect(query.required == [[words.prefix(SearchWords.wordsMax).joined(separator: " ")]])
        #expect(query.ranked == query.required[0][0])
    }

    /// The start of a query, a part that is repeated, and how often. `#` is its number.
    @Test(arguments: [
        ("", "word# ", 2000), ("", "a-b-c-d-e-f-g ", 500), ("\"", "word# ", 2000), ("", "- ", 4000),
        ("", "\"", 8000), ("", "x# or ", 2000), ("", "-x# ", 2000), ("", "\"x#\" or ", 2000),
    ])
    func `a query never exceeds the word limit`(start: String, part: String, count: Int) {
        let query = (0..<count).reduce(into: start) { query, number in
            query += part.replacing("#", with: "\(number)")
        }
        let words = SearchWords(query)
        let all = ([words.ranked] + words.excluded).joined(separator: " ")
        let count = all.split { !$0.isLetter && !$0.isNumber }.count
        #expect(count <= SearchWords.wordsMax + SearchWords.repetitionsMax)
    }
}
