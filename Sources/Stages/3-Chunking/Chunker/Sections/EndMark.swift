/// Rates a cut after a stretch of text by the marks at its end.
enum EndMark {
    /// The strength of the blanks between `end` and `next`, where a scalar must begin.
    static func strength(_ text: TextBytes, before end: Int, next: Int) -> BreakStrength {
        var i = end
        var closers = 0
        while i > 0, closers < 4 {
            let start = text.scalarStart(atOrBefore: i - 1)
            let value = text.scalar(at: start).value
            switch value {
            case 0x22, 0x27, 0x29, 0x2A, 0x5D, 0x5F, 0x60, 0xBB, 0x2019, 0x201D: break
            case _ where isFullWidthCloser(value): break
            case 0x2E:
                return isLowercase(text, next) || isAbbreviation(text, dot: start)
                    ? .word : .sentence
            case 0x21, 0x3F, 0x2026: return isLowercase(text, next) ? .word : .sentence
            case 0x061F, 0x06D4, 0x0964, 0x0965, 0x104B, 0x1362, 0x17D4: return .sentence
            case 0x2C, 0x3A, 0x3B, 0x060C, 0x061B, 0x2013, 0x2014: return .clause
            default: return fullWidthStrength(value) ?? .word
            }
            i = start
            closers += 1
        }
        return .word
    }

    /// The strength of a mark that needs no blank after it; `nil` for other scalars.
    static func fullWidthStrength(_ value: UInt32) -> BreakStrength? {
        switch value {
        case 0x3002, 0xFF01, 0xFF0E, 0xFF1F, 0xFF61: .sentence
        case 0x3001, 0xFF0C, 0xFF1A, 0xFF1B, 0xFF64: .clause
        default: nil
        }
    }

    static func isFullWidthCloser(_ value: UInt32) -> Bool {
        switch value {
        case 0x3009, 0x300B, 0x300D, 0x300F, 0x3011, 0x3015, 0xFF09, 0x2019, 0x201D: true
        default: false
        }
    }

    private static func isLowercase(_ text: TextBytes, _ i: Int) -> Bool {
        Unicode.Scalar(text.scalar(at: i).value)?.properties.isLowercase ?? false
    }

    /// Whether the dot ends an initial, an ordinal of a list or a common abbreviation.
    private static func isAbbreviation(_ text: TextBytes, dot: Int) -> Bool {
        var start = dot
        while start > 0, dot - start < 8, isWordByte(text[start - 1]) { start -= 1 }
        let word = text.buffer(start..<dot)
        if word.count == 1 { return word[0] & 0xDF >= 0x41 && word[0] & 0xDF <= 0x5A }
        if word.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }) {
            return !word.isEmpty && (start == 0 || text[start - 1] == 0x0A)
        }
        return abbreviations.contains { $0.elementsEqual(word.lazy.map { $0 | 0x20 }) }
    }

    private static func isWordByte(_ byte: UInt8) -> Bool {
        byte >= 0x80 || (byte | 0x20 >= 0x61 && byte | 0x20 <= 0x7A)
            || (byte >= 0x30 && byte <= 0x39)
    }

    private static let abbreviations: [[UInt8]] = [
        "al", "approx", "art", "bzw", "cf", "ch", "co", "corp", "dr", "ed", "eq", "etc", "fig",
        "inc", "jr", "ltd", "mr", "mrs", "ms", "no", "nr", "pp", "prof", "sec", "sr", "st",
        "vgl", "vol", "vs",
    ].map { Array($0.utf8) }
}
