/// How suitable a place is for a cut. The stronger the break, the less is split.
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

/// A line start whose break is stronger or weaker than one between lines of a paragraph.
struct LineBreak {
    var offset: Int
    var strength: BreakStrength
    var isHeading = false
}

/// A heading and the text after it on the same page, up to the next heading.
struct Section {
    /// Begins and ends with a non-blank scalar.
    var range: Range<Int>
    /// 1...6, or 0 before the first heading.
    var level: Int
    /// Titles of the enclosing headings, its own last.
    var path: [String]
    /// Whether it contains more than headings.
    var hasBody: Bool
    /// 1-based.
    var page: Int
    var breaks: [LineBreak]
    /// In order; none begins in one section and ends in the next.
    var tables: [Table]

    /// Appends the section that follows.
    mutating func join(_ next: Section) {
        breaks.append(
            LineBreak(
                offset: next.range.lowerBound, strength: hasBody ? .heading : .word,
                isHeading: true))
        breaks.append(contentsOf: next.breaks)
        tables.append(contentsOf: next.tables)
        if hasBody == next.hasBody {
            path = Array(zip(path, next.path).prefix { $0 == $1 }.map(\.0))
        } else if next.hasBody {
            path = next.path
        }
        hasBody = hasBody || next.hasBody
        range = range.lowerBound..<next.range.upperBound
    }
}
