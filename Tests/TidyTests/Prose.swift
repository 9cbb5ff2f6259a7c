/// The text of a source file or document that people read, line by line.
struct Prose {
    enum Kind: String, CaseIterable {
        case comments, strings, documents
    }

    struct Line {
        let number: Int
        let kind: Kind
        let text: String
    }

    private(set) var lines: [Line] = []

    private let bytes: [UInt8]
    private var position = 0
    private var number = 1

    /// - Parameter name: the file's name, whose extension selects the language.
    init(of text: String, in name: String) {
        bytes = Array(text.utf8)
        let file = name.split(separator: "/").last ?? ""
        switch file.lastIndex(of: ".").map({ file[file.index(after: $0)...] }) {
        case "swift", "c", "h": read(lineComment: "//", blockComments: true, quotes: "\"`")
        case "sql": read(lineComment: "--", blockComments: false, quotes: "'")
        case "py": read(lineComment: "#", blockComments: false, quotes: "\"'")
        case "md": readMarkdown(text)
        case "sh", nil: readScript(text)
        default: readDocument(text)
        }
    }

    private mutating func read(lineComment: String, blockComments: Bool, quotes: String) {
        let comment = Array(lineComment.utf8)
        let quotes = Set(quotes.utf8)
        while position < bytes.count {
            if starts(comment) {
                append(.comments, upTo: [UInt8(ascii: "\n")])
            } else if blockComments, starts(Array("/*".utf8)) {
                append(.comments, upTo: Array("*/".utf8))
            } else if starts(Array("\"\"\"".utf8)) {
                position += 3
                append(.strings, upTo: Array("\"\"\"".utf8))
            } else if quotes.contains(bytes[position]) {
                let quote = bytes[position]
                position += 1
                readString(endedBy: quote)
            } else {
                advance()
            }
        }
    }

    /// A string literal on one line. Interpolations are skipped up to their closing parenthesis.
    private mutating func readString(endedBy quote: UInt8) {
        var text: [UInt8] = []
        let start = number
        while position < bytes.count, bytes[position] != quote,
            bytes[position] != UInt8(ascii: "\n")
        {
            guard bytes[position] == UInt8(ascii: "\\"), position + 1 < bytes.count else {
                text.append(bytes[position])
                position += 1
                continue
            }
            position += 1
            if bytes[position] == UInt8(ascii: "(") { skipParentheses() } else { position += 1 }
            text.append(UInt8(ascii: " "))
        }
        if position < bytes.count, bytes[position] == quote { position += 1 }
        add(.strings, text, at: start)
    }

    private mutating func skipParentheses() {
        var depth = 0
        while position < bytes.count, bytes[position] != UInt8(ascii: "\n") {
            if bytes[position] == UInt8(ascii: "(") { depth += 1 }
            if bytes[position] == UInt8(ascii: ")") { depth -= 1 }
            position += 1
            if depth == 0 { return }
        }
    }

    /// Adds the lines up to `end`, which is consumed.
    private mutating func append(_ kind: Kind, upTo end: [UInt8]) {
        var text: [UInt8] = []
        while position < bytes.count, !starts(end) {
            if bytes[position] == UInt8(ascii: "\n") {
                add(kind, text, at: number)
                text = []
            } else {
                text.append(bytes[position])
            }
            advance()
        }
        add(kind, text, at: number)
        for _ in end where position < bytes.count { advance() }
    }

    /// Markdown without fenced code and code spans.
    private mutating func readMarkdown(_ text: String) {
        var isCode = false
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false)
            .enumerated()
        {
            if line.drop(while: { $0 == " " }).hasPrefix("```") { isCode.toggle(); continue }
            if isCode { continue }
            let prose = line.split(separator: "`", omittingEmptySubsequences: false).enumerated()
                .filter { $0.offset % 2 == 0 }.map { String($0.element) }.joined(separator: " ")
            add(.documents, Array(prose.utf8), at: index + 1)
        }
    }

    private mutating func readScript(_ text: String) {
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false)
            .enumerated()
        {
            let isComment = line.drop(while: { $0 == " " }).hasPrefix("#")
            let isPrinted =
                line.contains("echo ") || line.contains("printf ") || line.contains(" say ")
            if isComment || isPrinted {
                add(isComment ? .comments : .strings, Array(line.utf8), at: index + 1)
            }
        }
    }

    private mutating func readDocument(_ text: String) {
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false)
            .enumerated()
        {
            add(.documents, Array(line.utf8), at: index + 1)
        }
    }

    private mutating func add(_ kind: Kind, _ text: [UInt8], at number: Int) {
        guard
            text.contains(where: {
                ($0 | 32) >= UInt8(ascii: "a") && ($0 | 32) <= UInt8(ascii: "z")
            })
        else { return }
        lines.append(Line(number: number, kind: kind, text: String(decoding: text, as: UTF8.self)))
    }

    private func starts(_ prefix: [UInt8]) -> Bool {
        guard position + prefix.count <= bytes.count else { return false }
        for index in prefix.indices where bytes[position + index] != prefix[index] { return false }
        return true
    }

    private mutating func advance() {
        if bytes[position] == UInt8(ascii: "\n") { number += 1 }
        position += 1
    }
}
