/// Cuts a table between rows. Each chunk but the first repeats the caption and the heading row, and
/// a row that does not fit next to them becomes a `RowRecord` or several.
struct TableCutter<Ruler: TextRuler> {
    private let text: TextBytes
    private let ruler: Ruler
    private let limits: ChunkLimits
    private let table: Table
    /// What each chunk repeats, and its size; `nil` if it would take more than half of a chunk.
    private let head: (range: Range<Int>, size: Int)?
    private let columns: RowRecord.Columns

    /// The caption, the key and a column's name take at most this part of a record each.
    private static var repeatedParts: Int { 6 }

    init(_ table: Table, in text: TextBytes, ruler: Ruler, limits: ChunkLimits) {
        self.text = text
        self.ruler = ruler
        self.limits = limits
        self.table = table
        let whole = (table.caption ?? table.head).lowerBound..<table.head.upperBound
        head = [whole, table.head].lazy
            .map { ($0, ruler.size(of: text.buffer($0)) + 1) }
            .first { $0.1 <= limits.max / 2 }
            .map { (range: $0.0, size: $0.1) }
        let isShort = { (range: Range<Int>) in
            ruler.size(of: text.buffer(range)) <= limits.max / Self.repeatedParts
        }
        columns = RowRecord.Columns(
            caption: table.caption.flatMap { isShort($0) ? $0 : nil },
            names: RowRecord.cells(of: table.header, in: text).map {
                isShort($0) ? $0 : $0.lowerBound..<$0.lowerBound
            })
    }

    /// Passes the table's chunks to `take` in order. The first begins at `start`, at or before the
    /// caption.
    func cut(from start: Int, _ take: (Piece) -> Void) {
        var from: Int? = start
        var rows = table.rows[...]
        while let row = rows.first {
            if let piece = piece(from: from, of: rows) {
                rows = rows.drop { $0.upperBound <= piece.range.upperBound }
                take(piece)
            } else {
                cutRow(row, from: from, take)
                rows = rows.dropFirst()
            }
            from = nil
        }
    }

    /// The rows that fit into the next chunk; `nil` if the first does not.
    ///
    /// - Parameter from: the start of the chunk if it is the table's first.
    private func piece(from: Int?, of rows: ArraySlice<Range<Int>>) -> Piece? {
        guard let head, let first = rows.first else { return nil }
        let start = from ?? first.lowerBound
        let form = from == nil ? Piece.Form.rows(head: head.range) : .slice
        let before = from.map { ruler.size(of: text.buffer($0..<first.lowerBound)) } ?? head.size
        var count = 0
        var fitting = 0
        var total = before
        for row in rows {
            guard row.count <= limits.max * ruler.unitBytesMax else { break }
            total += ruler.size(of: text.buffer(row)) + 1
            if total > limits.max { break }
            fitting += 1
            if total <= limits.target { count = fitting }
        }
        // The target leaves room for the last rows, which then need no chunk of their own.
        if fitting == rows.count || count == 0 { count = fitting }
        while count > 0 {
            let range = start..<rows[rows.startIndex + count - 1].upperBound
            let size = form.text(of: range, in: text).withUnsafeBufferPointer { ruler.size(of: $0) }
            if size <= limits.max { return Piece(range: range, size: size, form: form) }
            count -= 1
        }
        return nil
    }

    /// Cuts a row into records. What precedes the table in its first chunk is a chunk of its own.
    private func cutRow(_ row: Range<Int>, from: Int?, _ take: (Piece) -> Void) {
        var start: Int?
        if let from {
            let end = text.trimBlanks(before: table.head.lowerBound, from: from)
            if end > from {
                var cutter = TextCutter(text, ruler: ruler, limits: limits)
                cutter.cut(from..<end, [], take)
            }
            // The first record names the columns, so the heading row belongs to it.
            start = table.head.lowerBound
        }
        for record in records(of: row) {
            let form = Piece.Form.record(record, columns)
            take(
                Piece(
                    range: (start ?? record.part.lowerBound)..<record.part.upperBound,
                    size: size(of: record), form: form))
            start = nil
        }
    }

    private func size(of record: RowRecord) -> Int {
        record.text(in: text, columns).withUnsafeBufferPointer { ruler.size(of: $0) }
    }

    /// The row's cells in records that fit into a chunk.
    private func records(of row: Range<Int>) -> [RowRecord] {
        var cells = Array(RowRecord.cells(of: row, in: text))
        while cells.last?.isEmpty == true { cells.removeLast() }
        guard let key = cells.first else { return [] }
        let hasKey =
            ruler.size(of: text.buffer(key)) <= limits.max / Self.repeatedParts && !key.isEmpty
        var records: [RowRecord] = []
        var column = 0
        while column < cells.count {
            guard !cells[column].isEmpty else {
                column += 1
                continue
            }
            let record = { (end: Int) in
                RowRecord(
                    row: row, column: column,
                    part: cells[column].lowerBound..<cells[end - 1].upperBound,
                    repeatsKey: hasKey && column > 0)
            }
            let end = fittingEnd(from: column, of: cells, record)
            if end > column {
                records.append(record(end))
                column = end
            } else {
                records += parts(of: record(column + 1))
                column += 1
            }
        }
        return records
    }

    /// The end of the cells from `column` on that fit into one record; `column` if none fits.
    private func fittingEnd(
        from column: Int, of cells: [Range<Int>], _ record: (Int) -> RowRecord
    ) -> Int {
        var end = column
        var bytes = 0
        var total = 0
        while end < cells.count {
            bytes += cells[end].count
            guard bytes <= limits.max * ruler.unitBytesMax else { break }
            let name = end < columns.names.count ? columns.names[end] : 0..<0
            total +=
                ruler.size(of: text.buffer(cells[end])) + ruler.size(of: text.buffer(name)) + 2
            if total > limits.max { break }
            end += 1
        }
        while end > column, size(of: record(end)) > limits.max || cells[end - 1].isEmpty {
            end -= 1
        }
        return end
    }

    /// A cell that does not fit into a record, in parts that do.
    private func parts(of cell: RowRecord) -> [RowRecord] {
        var partMax = limits.max
        while true {
            partMax -= max(1, limits.max / 8)
            var parts: [RowRecord] = []
            var cutter = TextCutter(text, ruler: ruler, limits: .parts(max: max(partMax, 4)))
            cutter.cut(cell.part, []) { piece in
                var part = cell
                part.part = piece.range
                parts.append(part)
            }
            if partMax <= 4 || parts.allSatisfy({ size(of: $0) <= limits.max }) { return parts }
        }
    }
}
