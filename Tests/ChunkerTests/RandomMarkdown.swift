/// Generates Markdown of every kind, reproducible by seed.
struct RandomMarkdown: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
        return mixed ^ mixed >> 31
    }

    mutating func document(blocks: Int) -> String {
        (0..<blocks).map { _ in block() }.joined()
    }

    private mutating func pick<T>(_ choices: [T], or other: T) -> T {
        choices.randomElement(using: &self) ?? other
    }

    private mutating func number(_ range: ClosedRange<Int>) -> Int {
        Int.random(in: range, using: &self)
    }

    private mutating func block() -> String {
        switch number(0...13) {
        case 0, 1:
            let hashes = String(repeating: "#", count: number(1...7))
            return "\(hashes) title \(number(1...99))\n" + pick(["", "\n"], or: "")
        case 2:
            return (0..<number(1...30)).map { "- item \($0) \(words(1...12))\n" }.joined() + "\n"
        case 3:
            let rows = (0..<number(1...40)).map { "| \($0) | \(words(1...6)) |\n" }.joined()
            return "| a | b |\n|---|---|\n" + rows + "\n"
        case 4:
            let code = (0..<number(1...40)).map { "# line \($0)\n" + pick(["", "\n"], or: "") }
            return "```text\n" + code.joined() + "```\n\n"
        case 5: return words(0...20) + "\n\u{0C}"
        case 6: return run() + pick([" ", "\n", "\n\n"], or: " ")
        case 12: return table()
        case 13: return words(1...30) + "\u{0C}a " + words(1...30) + "\n\n"
        case 7: return (0..<number(1...4)).map { "\($0). \(sentences(1...4))\n\n" }.joined()
        default: return sentences(1...25) + pick(["\n", "\n\n", "\n\n\n"], or: "\n")
        }
    }

    /// A table that may be wide, have long cells and go on over pages, below a caption or none.
    private mutating func table() -> String {
        let columns = number(1...20)
        let line = { (cells: [String]) in "| " + cells.joined(separator: " | ") + " |" }
        let names = (0..<columns).map { "\($0) " + words(0...number(0...5)) }
        let rule = line(Array(repeating: "---", count: columns))
        let rows = (0..<number(1...20)).map { _ in
            // A cell that begins with a combining mark would make it one character with the blank.
            line((0..<columns).map { _ in "x" + words(0...pick([1, 1, 1, 4, 60], or: 1)) })
        }
        let caption = pick(["", "Table \(columns)\n", sentences(1...9) + "\n\n"], or: "")
        let separator = pick(["\n", "\n", "\u{0C}"], or: "\n")
        return caption + line(names) + "\n" + rule + "\n" + rows.joined(separator: separator)
            + "\n\n"
    }

    private mutating func sentences(_ range: ClosedRange<Int>) -> String {
        (0..<number(range)).map { _ in
            words(1...25) + pick([".", "!", "?", "…", ".)", ",", "。", "” "], or: ".")
                + pick([" ", "\n", "  ", " \u{301}", "\u{3000}"], or: " ")
        }.joined()
    }

    private mutating func words(_ range: ClosedRange<Int>) -> String {
        (0..<number(range)).map { _ in pick(Self.vocabulary, or: "x") }
            .joined(separator: " ")
    }

    /// A long run of text without blanks.
    private mutating func run() -> String {
        let units = ["a", "ab", "字", "🇩🇪", "👨‍👩‍👧", "e\u{301}", "-", "0", "x.", "、", "क्षि"]
        return String(repeating: pick(units, or: "a"), count: number(1...900))
    }

    private static let vocabulary = [
        "the", "Loaf", "of", "antidisestablishmentarianism", "42", "3.14", "größer", "Привет",
        "你好，世界。", "すべての人間は、", "👩🏽‍🚀", "e.g.", "Dr.", "it's", "--", "`code`", "**bold**",
        "https://example.org/a?b=c", "\u{301}x", "न\u{94D}", "a\u{A0}b", "🇫🇷", "(so", "said)",
    ]
}
