/// A table: a heading row, a rule of dashes and rows, each on a line of its own.
struct Table {
    /// A short paragraph directly above the table.
    var caption: Range<Int>?
    var header: Range<Int>
    /// The heading row and the rule below it.
    var head: Range<Int>
    /// At least one.
    var rows: [Range<Int>]

    /// From the caption to the last row.
    var range: Range<Int> {
        (caption ?? head).lowerBound..<(rows.last ?? head).upperBound
    }
}

/// Finds the tables of a section while its lines are read in order.
struct TableFinder {
    private(set) var tables: [Table] = []
    /// The table that the next row continues. Its rows are empty at first.
    private var open: Table?
    /// The row directly above, which is a heading row if a rule follows.
    private var row: Range<Int>?
    private var paragraph: Paragraph?

    /// The last paragraph, if nothing but blank lines follows it.
    private struct Paragraph {
        var range: Range<Int>
        var lines = 1
        var isOpen = true

        /// The paragraph with its next line; `nil` if it has ended.
        func extended(by line: Range<Int>) -> Paragraph? {
            guard isOpen else { return nil }
            return Paragraph(range: range.lowerBound..<line.upperBound, lines: lines + 1)
        }
    }

    private static let captionLinesMax = 3
    private static let captionBytesMax = 240

    /// Reads the section's next line. Returns whether it is a row of a table, or its rule.
    mutating func read(_ line: MarkdownLine, _ text: TextBytes) -> Bool {
        let range = line.first..<text.trimBlanks(before: line.range.upperBound, from: line.first)
        switch line.kind {
        case .row, .tableRule:
            if open != nil {
                open?.rows.append(range)
                return true
            }
            if line.kind == .tableRule, let header = row {
                open = Table(
                    caption: caption, header: header,
                    head: header.lowerBound..<range.upperBound, rows: [])
                return true
            }
            row = range
            return false
        case .blank:
            close()
            paragraph?.isOpen = false
        case .text:
            close()
            paragraph = paragraph?.extended(by: range) ?? Paragraph(range: range)
        default:
            close()
            paragraph = nil
        }
        return false
    }

    /// Ends the open table.
    mutating func close() {
        if let open {
            if !open.rows.isEmpty { tables.append(open) }
            paragraph = nil
        }
        open = nil
        row = nil
    }

    private var caption: Range<Int>? {
        guard let paragraph, paragraph.lines <= Self.captionLinesMax,
            paragraph.range.count <= Self.captionBytesMax
        else { return nil }
        return paragraph.range
    }
}
