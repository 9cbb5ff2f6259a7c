/// Builds Word 97 documents.
struct DOCFile {
    /// Characters with the same property changes.
    struct Run {
        var text: String
        var changes: [UInt8] = []
    }

    struct Paragraph {
        var runs: [Run]
        /// The last character of the paragraph, and its property changes.
        var mark = "\r"
        var markChanges: [UInt8] = []
        /// Index of the style: body, heading 1, heading 2, title.
        var style: UInt16 = 0
        var changes: [UInt8] = []
    }

    static let hidden: [UInt8] = [0x3c, 0x08, 1]
    static let deleted: [UInt8] = [0x00, 0x08, 1]
    static let raised: [UInt8] = [0x48, 0x2a, 1]
    static let inTable: [UInt8] = [0x16, 0x24, 1]

    /// Stories in the order of the format; see `storyLengths`.
    var stories: [[Paragraph]] = [[]]
    /// Parts of the table stream, by their index.
    var parts: [Int: [UInt8]] = [:]
    var flags: UInt16 = 0
    var version: UInt16 = 0xc1
    /// The text is stored in one byte a character.
    var isNarrow = false
    /// Pieces as ranges of characters, in the order in which they are read.
    var pieces: [Range<Int>]?

    static func p(_ text: String, style: UInt16 = 0, changes: [UInt8] = []) -> Paragraph {
        Paragraph(runs: [Run(text: text)], style: style, changes: changes)
    }

    static func cell(_ text: String) -> Paragraph {
        Paragraph(runs: [Run(text: text)], mark: "\u{7}", changes: inTable)
    }

    /// The end of a row of cells with these edges; `merged` are the flags of each cell.
    static func rowEnd(edges: [Int16], merged: [UInt16]? = nil, isHeader: Bool = false)
        -> Paragraph
    {
        let cells = merged ?? [UInt16](repeating: 0, count: edges.count - 1)
        var definition: [UInt8] = [UInt8(cells.count)] + edges.flatMap(\.littleBytes)
        for flags in cells { definition += flags.littleBytes + [UInt8](repeating: 0, count: 18) }
        let changes = inTable + [0x17, 0x24, 1] + (isHeader ? [0x04, 0x34, 1] : [])
        return Paragraph(
            runs: [], mark: "\u{7}",
            changes: changes + [0x08, 0xd6] + UInt16(definition.count + 1).littleBytes
                + definition)
    }

    private static let textAt = 2048

    var bytes: [UInt8] {
        let paragraphs = stories.flatMap { $0 }
        let runs = paragraphs.flatMap { p in
            p.runs + [Run(text: p.mark, changes: p.markChanges)]
        }
        let text = runs.map(\.text).joined()
        let units = Array(text.utf16)
        let width = isNarrow ? 1 : 2
        var word = [UInt8](repeating: 0, count: Self.textAt)
        word += isNarrow ? units.map { UInt8(truncatingIfNeeded: $0) } : text.wideBytes
        word += [UInt8](repeating: 0, count: (512 - word.count % 512) % 512)
        var parts = parts
        parts[1] = Self.styles
        parts[12] = Self.append(
            runs.map { ($0.text.utf16.count * width, $0.changes) }, isWide: false, to: &word)
        parts[13] = Self.append(
            paragraphs.map { paragraph in
                let length = paragraph.runs.reduce(1) { $0 + $1.text.utf16.count }
                return (length * width, paragraph.style.littleBytes + paragraph.changes)
            }, isWide: true, to: &word)
        parts[33] = pieceTable(unitCount: units.count, width: width)
        var table: [UInt8] = []
        var places: [(Int, Int)] = []
        for index in 0..<93 {
            let part = parts[index] ?? []
            places.append((table.count, part.count))
            table += part
        }
        word.replaceSubrange(0..<898, with: information(places))
        return CompoundFile.bytes([.stream("WordDocument", word), .stream("1Table", table)])
    }

    private func information(_ places: [(Int, Int)]) -> [UInt8] {
        var bytes: [UInt8] = [0xec, 0xa5] + version.littleBytes
        bytes += [UInt8](repeating: 0, count: 6) + (flags | 1 << 9).littleBytes
        bytes += [UInt8](repeating: 0, count: 20) + UInt16(14).littleBytes
        bytes += [UInt8](repeating: 0, count: 28) + UInt16(22).littleBytes
        var numbers = [UInt32](repeating: 0, count: 22)
        for (index, story) in stories.enumerated() {
            numbers[3 + index] = UInt32(
                story.reduce(0) { $0 + $1.runs.reduce(1) { $0 + $1.text.utf16.count } })
        }
        bytes += numbers.flatMap(\.littleBytes) + UInt16(93).littleBytes
        return bytes
            + places.flatMap { UInt32($0.0).littleBytes + UInt32($0.1).littleBytes }
    }

    private func pieceTable(unitCount: Int, width: Int) -> [UInt8] {
        let pieces = pieces ?? [0..<unitCount]
        var starts: [UInt32] = [0]
        for piece in pieces { starts.append(starts[starts.count - 1] + UInt32(piece.count)) }
        let descriptors = pieces.flatMap { piece in
            let at = UInt32(Self.textAt + piece.lowerBound * width)
            return [0, 0] + (isNarrow ? at * 2 | 1 << 30 : at).littleBytes + [0, 0]
        }
        let table = starts.flatMap(\.littleBytes) + descriptors
        return [2] + UInt32(table.count).littleBytes + table
    }

    /// Appends pages of runs with their properties. Returns the table of the pages.
    private static func append(
        _ runs: [(length: Int, bytes: [UInt8])], isWide: Bool, to word: inout [UInt8]
    ) -> [UInt8] {
        var ends = [UInt32(textAt)]
        var numbers: [UInt32] = []
        for start in stride(from: 0, to: runs.count, by: 6) {
            let part = Array(runs[start..<min(start + 6, runs.count)])
            numbers.append(UInt32(word.count / 512))
            let at = ends[ends.count - 1]
            word += page(part, at: at, isWide: isWide)
            ends.append(part.reduce(at) { $0 + UInt32($1.length) })
        }
        return (ends + numbers).flatMap(\.littleBytes)
    }

    private static func page(
        _ runs: [(length: Int, bytes: [UInt8])], at start: UInt32, isWide: Bool
    ) -> [UInt8] {
        var page = [UInt8](repeating: 0, count: 512)
        var at = start
        var free = 510
        for (index, run) in runs.enumerated() {
            page.replaceSubrange(index * 4..<index * 4 + 4, with: at.littleBytes)
            at += UInt32(run.length)
            guard !run.bytes.isEmpty else { continue }
            let padded = isWide && run.bytes.count % 2 == 0
            let head =
                isWide
                ? (padded ? [0, UInt8(run.bytes.count / 2)] : [UInt8(run.bytes.count / 2 + 1)])
                : [UInt8(run.bytes.count)]
            let entry = head + run.bytes
            free = (free - entry.count) & ~1
            page.replaceSubrange(free..<free + entry.count, with: entry)
            page[(runs.count + 1) * 4 + index * (isWide ? 13 : 1)] = UInt8(free / 2)
        }
        page.replaceSubrange(runs.count * 4..<runs.count * 4 + 4, with: at.littleBytes)
        page[511] = UInt8(runs.count)
        return page
    }

    /// The styles: body, heading 1, heading 2, title.
    private static var styles: [UInt8] {
        var bytes = UInt16(18).littleBytes + UInt16(4).littleBytes + UInt16(10).littleBytes
        bytes += [UInt8](repeating: 0, count: 14)
        for (index, builtin) in [0, 1, 2, 62].enumerated() {
            var style = UInt16(builtin).littleBytes + UInt16(0xfff1).littleBytes
            style += [2, 0] + [UInt8](repeating: 0, count: 4)
            style += UInt16(1).littleBytes + "S".wideBytes + [0, 0]
            style += UInt16(2).littleBytes + UInt16(index).littleBytes + UInt16(0).littleBytes
            bytes += UInt16(style.count).littleBytes + style
        }
        return bytes
    }
}
