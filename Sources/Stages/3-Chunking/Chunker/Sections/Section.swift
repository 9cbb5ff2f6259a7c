/// How good a place is for cutting: the stronger, the less is torn apart.
enum BreakStrength: UInt8, Comparable {
    case word, clause, line, sentence
    /// Between list items, table rows or lines of code.
    case item
    /// At a blank line inside a list or code.
    case gap
    /// Between blocks: paragraphs, lists, tables, code.
    case block
    /// Before a heading.
    case heading

    static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }
}

/// The line that begins at `offset` is more, or less, than the next line of a paragraph.
struct LineBreak {
    var offset: Int
    var strength: BreakStrength
    var isHeading = false
}

/// A heading with what follows it on the same page, up to the next heading.
struct Section {
    /// Begins and ends with text, never with a blank.
    var range: Range<Int>
    /// 1...6, or 0 above the first heading.
    var level: Int
    /// Titles of the headings above, its own last.
    var path: [String]
    /// Whether there is more than headings.
    var hasBody: Bool
    /// 1-based.
    var page: Int
    var breaks: [LineBreak]

    /// Takes in the section that follows.
    mutating func join(_ next: Section) {
        breaks.append(
            LineBreak(
                offset: next.range.lowerBound, strength: hasBody ? .heading : .word,
                isHeading: true))
        breaks.append(contentsOf: next.breaks)
        if hasBody == next.hasBody {
            path = Array(zip(path, next.path).prefix { $0 == $1 }.map(\.0))
        } else if next.hasBody {
            path = next.path
        }
        hasBody = hasBody || next.hasBody
        range = range.lowerBound..<next.range.upperBound
    }
}
