/// Builds Excel workbooks of BIFF8 from records.
enum XLSFile {
    static func record(_ code: UInt16, _ data: [UInt8] = []) -> [UInt8] {
        code.littleBytes + UInt16(data.count).littleBytes + data
    }

    /// A string with its length in `T`.
    static func string<T: FixedWidthInteger>(_ text: String, length: T.Type) -> [UInt8] {
        T(text.utf16.count).littleBytes + [1] + text.wideBytes
    }

    static func place(_ row: UInt16, _ column: UInt16) -> [UInt8] {
        row.littleBytes + column.littleBytes
    }

    static func cell(_ row: UInt16, _ column: UInt16, style: UInt16 = 0) -> [UInt8] {
        place(row, column) + style.littleBytes
    }

    /// A formula whose value is not a number: a text that follows (0), a truth (1), an error (2).
    static func formula(_ row: UInt16, _ column: UInt16, kind: UInt8, value: UInt8 = 0) -> [UInt8] {
        let stored: [UInt8] = [kind, 0, value, 0, 0, 0, 0xff, 0xff]
        return record(0x06, cell(row, column) + stored + [UInt8](repeating: 0, count: 8))
    }

    static func label(_ row: UInt16, _ column: UInt16, _ text: String) -> [UInt8] {
        record(0x204, cell(row, column) + string(text, length: UInt16.self))
    }

    static func number(_ row: UInt16, _ column: UInt16, _ value: Double, style: UInt16 = 0)
        -> [UInt8]
    {
        record(0x203, cell(row, column, style: style) + value.bitPattern.littleBytes)
    }

    static func shared(_ row: UInt16, _ column: UInt16, _ index: UInt32) -> [UInt8] {
        record(0xfd, cell(row, column) + index.littleBytes)
    }

    /// A style with this number format.
    static func style(format: UInt16) -> [UInt8] {
        record(0xe0, UInt16(0).littleBytes + format.littleBytes + [UInt8](repeating: 0, count: 16))
    }

    static func workbook(
        globals: [UInt8] = [], sheets: [(name: String, state: UInt8, records: [UInt8])]
    ) -> [UInt8] {
        let end = record(0x0a)
        let begin = UInt16(0x600).littleBytes + UInt16(5).littleBytes
        let head = record(0x809, begin + [UInt8](repeating: 0, count: 12)) + globals
        let lists = sheets.map { 4 + 6 + 2 + $0.name.wideBytes.count }.reduce(0, +)
        var at = head.count + lists + end.count
        var stream = head
        var bodies: [UInt8] = []
        for sheet in sheets {
            let state: [UInt8] = [sheet.state, 0]
            let name = string(sheet.name, length: UInt8.self)
            stream += record(0x85, UInt32(at).littleBytes + state + name)
            let body = record(0x809, begin) + sheet.records + end
            at += body.count
            bodies += body
        }
        return CompoundFile.bytes([.stream("Workbook", stream + end + bodies)])
    }
}
