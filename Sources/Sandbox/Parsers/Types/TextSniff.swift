/// Whether bytes are text, in any encoding that the sandbox decodes.
///
/// Control characters are rare in a text, its bytes are not spread evenly, and characters of two
/// bytes come from the rows of a character set that its language uses.
struct TextSniff {
    let isText: Bool

    /// - Parameter isWhole: the bytes are the whole document, so no character is cut at the end.
    init(_ bytes: [UInt8], isWhole: Bool) {
        let counts = ByteCounts(bytes)
        if bytes.starts(with: [0xff, 0xfe]) || bytes.starts(with: [0xfe, 0xff]) {
            isText = UnitCounts(bytes, bigEndian: bytes[0] == 0xfe).areText || bytes.count < 16
        } else if let bigEndian = counts.upperByteIsFirst {
            isText = UnitCounts(bytes, bigEndian: bigEndian).areText
        } else {
            // A few NULs do not make a text binary.
            let stray = counts.nuls * 50 < bytes.count
            isText =
                stray && Self.isEightBit(bytes, counts, isWhole: isWhole)
                || UnitCounts(bytes, bigEndian: false).areEastAsian
                || UnitCounts(bytes, bigEndian: true).areEastAsian
        }
    }

    private static func isEightBit(
        _ bytes: [UInt8], _ counts: ByteCounts, isWhole: Bool
    ) -> Bool {
        if isUTF8(bytes, isWhole: isWhole) { return counts.controls * 20 < bytes.count }
        guard counts.controls * 200 < bytes.count else { return false }
        // Of so few bytes, nothing more can be said.
        if counts.high < 64 { return true }
        let areLetters = counts.bitsPerHighByte < 5.3 && counts.asciiText * 50 > bytes.count
        return counts.high * 10 < bytes.count * 3 || areLetters || PairCounts(bytes).areText
    }

    private static func isUTF8(_ bytes: [UInt8], isWhole: Bool) -> Bool {
        if bytes.allSatisfy({ $0 < 0x80 }) { return true }
        // A sample may end inside a character.
        let cuts = isWhole ? 0...0 : 0...3
        return cuts.contains { cut in
            String(validating: bytes.dropLast(cut), as: UTF8.self) != nil
        }
    }
}
