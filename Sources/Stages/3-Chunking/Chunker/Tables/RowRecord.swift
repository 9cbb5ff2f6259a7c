/// A row, or a part of it, as lines of "heading: value", for rows that do not fit into a chunk as
/// they are. A part that does not begin with the row's first cell repeats that cell, the row's key.
struct RowRecord: Equatable {
    /// The row on its line.
    var row: Range<Int>
    /// The column in which the part begins, and its text, from one cell to another or inside one.
    var column: Int
    var part: Range<Int>
    var repeatsKey: Bool

    /// What all records of a table share.
    struct Columns: Equatable {
        /// Repeated in each record; `nil` if there is none or it is too long.
        var caption: Range<Int>?
        /// The column headings; empty where there is none or it is too long.
        var names: [Range<Int>]
    }

    /// The text of the record.
    func text(in text: TextBytes, _ columns: Columns) -> [UInt8] {
        var bytes: [UInt8] = []
        if let caption = columns.caption {
            bytes += text.buffer(caption)
            bytes += [0x0A, 0x0A]
        }
        if repeatsKey, let key = Self.cells(of: row, in: text).first(where: { _ in true }) {
            Self.append(key, under: columns.names.first, to: &bytes, text)
        }
        var column = column
        for cell in Self.cells(of: part, in: text) {
            Self.append(
                cell, under: column < columns.names.count ? columns.names[column] : nil,
                to: &bytes, text)
            column += 1
        }
        if bytes.last == 0x0A { bytes.removeLast() }
        return bytes
    }

    private static func append(
        _ cell: Range<Int>, under name: Range<Int>?, to bytes: inout [UInt8], _ text: TextBytes
    ) {
        guard !cell.isEmpty else { return }
        if let name, !name.isEmpty {
            bytes += text.buffer(name)
            bytes += [0x3A, 0x20]
        }
        bytes += text.buffer(cell)
        bytes.append(0x0A)
    }

    /// The cells of a row or of a part of it, without the blanks around them.
    static func cells(of row: Range<Int>, in text: TextBytes) -> Cells {
        Cells(text: text, at: row.lowerBound, end: row.upperBound)
    }

    struct Cells: Sequence, IteratorProtocol {
        fileprivate let text: TextBytes
        fileprivate var at: Int
        fileprivate let end: Int

        mutating func next() -> Range<Int>? {
            if at < end, text[at] == UInt8(ascii: "|") { at += 1 }
            guard at < end else { return nil }
            let start = at
            while at < end, text[at] != UInt8(ascii: "|") {
                at += text[at] == UInt8(ascii: "\\") && at + 1 < end ? 2 : 1
            }
            let first = text.skipBlanks(from: start, to: at)
            return first..<text.trimBlanks(before: at, from: first)
        }
    }
}
