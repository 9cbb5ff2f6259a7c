/// Cuts a section into chunks. What fits into one stays together. Otherwise tables are separated
/// from the text around them, so that no row is cut and each part of a table repeats its heading
/// row.
struct SectionCutter<Ruler: TextRuler> {
    private let text: TextBytes
    private let ruler: Ruler
    private let limits: ChunkLimits
    private var cutter: TextCutter<Ruler>

    /// The text between two tables, or a table.
    private struct Unit {
        var range: Range<Int>
        var table: Table?
    }

    init(_ text: TextBytes, ruler: Ruler, limits: ChunkLimits) {
        self.text = text
        self.ruler = ruler
        self.limits = limits
        cutter = TextCutter(text, ruler: ruler, limits: limits)
    }

    /// Passes the section's chunks to `take` in order.
    mutating func cut(_ section: Section, _ take: (Piece) -> Void) {
        guard !section.tables.isEmpty else {
            return cutter.cut(section.range, section.breaks, take)
        }
        var units = units(of: section)[...]
        while let unit = units.first {
            let joined = units.prefix(joinedCount(units))
            if let last = joined.last {
                let range = unit.range.lowerBound..<last.range.upperBound
                take(Piece(range: range, size: ruler.size(of: text.buffer(range))))
                units = units.dropFirst(joined.count)
                continue
            }
            units = units.dropFirst()
            if let table = unit.table {
                cut(table, from: unit.range.lowerBound, take)
            } else if isShort(unit.range), let table = units.first?.table {
                units = units.dropFirst()
                cut(table, from: unit.range.lowerBound, take)
            } else {
                cutter.cut(unit.range, section.breaks, take)
            }
        }
    }

    /// How many of the units, from the first on, share a chunk; 0 if the first has to be cut. A
    /// heading or a sentence above a table that has to be cut belongs to the table's first chunk.
    private func joinedCount(_ units: ArraySlice<Unit>) -> Int {
        guard let first = units.first else { return 0 }
        let count =
            units.prefix { fits(first.range.lowerBound..<$0.range.upperBound, sizeMax: limits.max) }
            .count
        guard count > 0, count < units.count else { return count }
        let last = units[units.startIndex + count - 1]
        let leads = last.table == nil && units[units.startIndex + count].table != nil
        return leads && isShort(last.range) ? count - 1 : count
    }

    private func units(of section: Section) -> [Unit] {
        var units: [Unit] = []
        var start = section.range.lowerBound
        for table in section.tables {
            let end = text.trimBlanks(before: table.range.lowerBound, from: start)
            if end > start { units.append(Unit(range: start..<end)) }
            units.append(Unit(range: table.range, table: table))
            start = text.skipBlanks(from: table.range.upperBound, to: section.range.upperBound)
        }
        if start < section.range.upperBound {
            units.append(Unit(range: start..<section.range.upperBound))
        }
        return units
    }

    private func isShort(_ range: Range<Int>) -> Bool {
        fits(range, sizeMax: limits.max / 4)
    }

    private func fits(_ range: Range<Int>, sizeMax: Int) -> Bool {
        range.count <= sizeMax * ruler.unitBytesMax
            && ruler.size(of: text.buffer(range)) <= sizeMax
    }

    private func cut(_ table: Table, from start: Int, _ take: (Piece) -> Void) {
        TableCutter(table, in: text, ruler: ruler, limits: limits).cut(from: start, take)
    }
}
