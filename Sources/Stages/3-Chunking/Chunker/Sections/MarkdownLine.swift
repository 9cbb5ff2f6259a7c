/// One line of Markdown and its kind.
struct MarkdownLine {
    enum Kind: Equatable {
        case blank, text, item, row, tableRule, thematicBreak
        case heading(level: Int)
        case fence(Fence)
        case code, fenceEnd
    }

    /// The backticks or tildes that open fenced code.
    struct Fence: Equatable {
        var mark: UInt8
        var length: Int
    }

    /// The line without its terminator.
    let range: Range<Int>
    /// Where the line's text begins; the end of `range` when the line is blank.
    let first: Int
    /// Where the next line begins.
    let next: Int
    let endsPage: Bool
    let kind: Kind

    /// Reads the line at `start`, as fenced code while `fence` is open.
    init(_ text: TextBytes, at start: Int, in fence: Fence?) {
        var end = start
        while end < text.count, text[end] != 0x0A, text[end] != 0x0C { end += 1 }
        range = start..<end
        next = min(end + 1, text.count)
        endsPage = end < text.count && text[end] == 0x0C
        first = text.skipBlanks(from: start, to: end)
        if first == end {
            kind = .blank
        } else if let fence {
            kind = Self.isEnd(of: fence, text, from: first, to: end) ? .fenceEnd : .code
        } else {
            let indent = text.buffer(start..<first)
            kind = Self.kind(
                text, from: first, to: end,
                isFlush: indent.count <= 3 && indent.allSatisfy { $0 == 0x20 })
        }
    }

    /// Classifies a non-blank line. Headings and fences are indented by at most three spaces.
    private static func kind(
        _ text: TextBytes, from i: Int, to end: Int, isFlush: Bool
    ) -> Kind {
        switch text[i] {
        case UInt8(ascii: "#"):
            let level = run(text, from: i, to: min(end, i + 7))
            return level <= 6 && isFlush
                && HeadingTitle.range(text, after: i + level, to: end) != nil
                ? .heading(level: level) : .text
        case UInt8(ascii: "`"), UInt8(ascii: "~"):
            guard isFlush, let fence = fence(text, from: i, to: end) else { return .text }
            return .fence(fence)
        case UInt8(ascii: "|"):
            return isTableRule(text, from: i, to: end) ? .tableRule : .row
        case UInt8(ascii: "-"), UInt8(ascii: "*"), UInt8(ascii: "_"), UInt8(ascii: "+"):
            if isThematicBreak(text, from: i, to: end) { return .thematicBreak }
            let bullet = text[i] != UInt8(ascii: "_")
            return bullet && isSpace(text, from: i + 1, to: end) ? .item : .text
        case UInt8(ascii: "0")...UInt8(ascii: "9"):
            var j = i
            while j < end, j < i + 9, text[j] >= 0x30, text[j] <= 0x39 { j += 1 }
            let delimited = j < end && (text[j] == UInt8(ascii: ".") || text[j] == 0x29)
            return delimited && isSpace(text, from: j + 1, to: end) ? .item : .text
        default:
            return .text
        }
    }

    /// Three marks or more. A second run of backticks makes it inline code.
    private static func fence(_ text: TextBytes, from i: Int, to end: Int) -> Fence? {
        let length = run(text, from: i, to: end)
        let isInline =
            text[i] == UInt8(ascii: "`")
            && text.buffer(i + length..<end).contains(UInt8(ascii: "`"))
        return length >= 3 && !isInline ? Fence(mark: text[i], length: length) : nil
    }

    /// The length of the run of equal bytes at `i`.
    private static func run(_ text: TextBytes, from i: Int, to end: Int) -> Int {
        var j = i
        while j < end, text[j] == text[i] { j += 1 }
        return j - i
    }

    private static func isSpace(_ text: TextBytes, from i: Int, to end: Int) -> Bool {
        i < end && (text[i] == 0x20 || text[i] == 0x09)
    }

    private static func isEnd(
        of fence: Fence, _ text: TextBytes, from i: Int, to end: Int
    ) -> Bool {
        guard text[i] == fence.mark else { return false }
        let length = run(text, from: i, to: end)
        return length >= fence.length && text.skipBlanks(from: i + length, to: end) == end
    }

    private static func isTableRule(_ text: TextBytes, from i: Int, to end: Int) -> Bool {
        var dashes = 0
        for j in i..<end {
            switch text[j] {
            case UInt8(ascii: "-"): dashes += 1
            case UInt8(ascii: "|"), UInt8(ascii: ":"), 0x20, 0x09: break
            default: return false
            }
        }
        return dashes > 0
    }

    private static func isThematicBreak(_ text: TextBytes, from i: Int, to end: Int) -> Bool {
        guard text[i] != UInt8(ascii: "+") else { return false }
        var marks = 0
        for j in i..<end {
            if text[j] == text[i] {
                marks += 1
            } else if !isSpace(text, from: j, to: end) {
                return false
            }
        }
        return marks >= 3
    }
}
