/// A chunk as a cutter finds it.
struct Piece {
    /// What it contains of the text, without what it repeats.
    var range: Range<Int>
    /// The size of its whole text, in the ruler's units.
    var size: Int
    var form = Form.slice

    /// How a chunk's text is made from its range.
    enum Form: Equatable {
        /// It is the text of the range.
        case slice
        /// The range contains rows. The caption and the heading row of their table precede them.
        case rows(head: Range<Int>)
        /// The range is a part of a row.
        case record(RowRecord, RowRecord.Columns)

        /// The chunk's text in UTF-8.
        func text(of range: Range<Int>, in text: TextBytes) -> [UInt8] {
            switch self {
            case .slice: Array(text.buffer(range))
            case .rows(let head): text.buffer(head) + [0x0A] + text.buffer(range)
            case .record(let record, let columns): record.text(in: text, columns)
            }
        }
    }
}
