/// Reads the title of a heading for the heading path.
enum HeadingTitle {
    /// Longer titles are truncated, because every chunk of the section contains them.
    static let bytesMax = 200

    /// The title on a line whose hashes end at `i`, without blanks and closing hashes; `nil` when
    /// no blank follows the hashes or the title is empty.
    static func range(_ text: TextBytes, after i: Int, to end: Int) -> Range<Int>? {
        guard i < end, text[i] == 0x20 || text[i] == 0x09 else { return nil }
        let start = text.skipBlanks(from: i, to: end)
        let trimmed = text.trimBlanks(before: end, from: start)
        var last = trimmed
        while last > start, text[last - 1] == UInt8(ascii: "#") { last -= 1 }
        if last > start, text[last - 1] != 0x20, text[last - 1] != 0x09 { last = trimmed }
        last = text.trimBlanks(before: last, from: start)
        return start < last ? start..<last : nil
    }

    /// The title without escapes, bold marks and code marks, truncated to `bytesMax`.
    static func string(_ text: TextBytes, _ range: Range<Int>) -> String {
        let end = min(range.upperBound, range.lowerBound + bytesMax)
        let cut = text.graphemeBoundary(atOrBefore: end, from: range.lowerBound)
        var bytes: [UInt8] = []
        var i = range.lowerBound
        while i < cut {
            let byte = text[i]
            let next = i + 1 < cut ? text[i + 1] : 0
            if byte == UInt8(ascii: "\\"), isPunctuation(next) {
                bytes.append(next)
                i += 2
            } else if byte == UInt8(ascii: "*"), next == byte {
                i += 2
            } else {
                if byte != UInt8(ascii: "`") { bytes.append(byte) }
                i += 1
            }
        }
        let title = String(
            decoding: bytes.isEmpty
                ? Array(text.buffer(range.lowerBound..<cut))
                : bytes, as: UTF8.self)
        return cut < range.upperBound ? title + "…" : title
    }

    private static func isPunctuation(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x21...0x2F, 0x3A...0x40, 0x5B...0x60, 0x7B...0x7E: true
        default: false
        }
    }
}
