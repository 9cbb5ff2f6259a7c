import Glibc

/// What is counted in the bytes of a document to decide whether it is a text.
struct ByteCounts {
    private(set) var nuls = 0
    private(set) var controls = 0
    private(set) var high = 0
    /// ASCII other than control characters, and white space.
    private(set) var asciiText = 0
    /// Set for UTF-16 of an alphabet, whose upper bytes are NUL or another low control character.
    private(set) var upperByteIsFirst: Bool?
    private var histogram = [Int](repeating: 0, count: 256)

    init(_ bytes: [UInt8]) {
        var nulsBySide = [0, 0]
        var uppersBySide = [0, 0]
        for (index, byte) in bytes.enumerated() {
            histogram[Int(byte)] += 1
            if byte == 0 { nulsBySide[index & 1] += 1 }
            if byte < 7 || byte == 0x0e { uppersBySide[index & 1] += 1 }
        }
        nuls = histogram[0]
        let white = [0x09, 0x0a, 0x0c, 0x0d, 0x1b].reduce(0) { $0 + histogram[$1] }
        controls = histogram[1..<0x20].reduce(0, +) + histogram[0x7f] - white
        high = histogram[0x80...].reduce(0, +)
        asciiText = histogram[0x20..<0x7f].reduce(0, +) + white
        let pairs = max(1, bytes.count / 2)
        let side = [0, 1].first { side in
            let fits = nulsBySide[side] * 5 > pairs * 2 || uppersBySide[side] * 10 > pairs * 9
            let others = uppersBySide[1 - side] - nulsBySide[1 - side]
            return fits && nulsBySide[1 - side] * 20 < pairs && others * 5 < pairs
        }
        upperByteIsFirst = side.map { $0 == 0 }
    }

    /// The information in a byte outside of ASCII: below 5 bits in an alphabet, 7 bits in noise.
    var bitsPerHighByte: Double {
        let total = Double(high)
        return histogram[0x80...].filter { $0 > 0 }.reduce(0) { bits, count in
            bits - Double(count) / total * log2(Double(count) / total)
        }
    }
}

/// The same for the units of UTF-16.
struct UnitCounts {
    private var count = 0
    private var controls = 0
    private var eastAsian = 0
    private var ascii = 0

    init(_ bytes: [UInt8], bigEndian: Bool) {
        for index in stride(from: 0, to: bytes.count - 1, by: 2) {
            let (first, second) = (UInt16(bytes[index]), UInt16(bytes[index + 1]))
            let unit = bigEndian ? first << 8 | second : second << 8 | first
            count += 1
            switch unit {
            case 0x09, 0x0a, 0x0c, 0x0d, 0x20..<0x7f: ascii += 1
            case 0: break  // Half of UTF-32.
            case 1..<0x20, 0x7f..<0xa0, 0xe000..<0xf900, 0xfff0..<0xffff: controls += 1
            case 0x2010..<0x2030, 0x3000..<0x3100, 0x4e00..<0xa000, 0xac00..<0xd7a4,
                0xff00..<0xffef:
                eastAsian += 1
            default: break
            }
        }
    }

    var areText: Bool { controls * 50 < count }

    /// Chinese, Japanese or Korean. Half of the units of noise would be none of these characters.
    var areEastAsian: Bool {
        count >= 4 && (ascii + eastAsian) * 20 > count * 19 && ascii * 2 < count
    }
}

/// Characters of two bytes, read as the character sets of China, Japan, Korea and Taiwan.
struct PairCounts {
    private var pairs = 0
    /// Pairs in the rows of the characters that are in use, in EUC, Shift-JIS and Big5.
    private var eucPairs = 0
    private var shiftPairs = 0
    private var shiftKana = 0
    private var bigFivePairs = 0
    /// All pairs of GBK, and the commas and full stops in them.
    private var gbkPairs = 0
    private var gbkStops = 0

    init(_ bytes: [UInt8]) {
        var index = 0
        while index + 1 < bytes.count {
            let (lead, trail) = (bytes[index], bytes[index + 1])
            guard lead >= 0x80 else {
                index += 1
                continue
            }
            pairs += 1
            let isHigh = trail >= 0xa1 && trail != 0xff
            if isHigh, (0xa1...0xa8).contains(lead) || (0xb0...0xf7).contains(lead) {
                eucPairs += 1
            }
            let isShift = (0x40...0xfc).contains(trail) && trail != 0x7f
            if isShift, (0x81...0x84).contains(lead) { shiftKana += 1 }
            if isShift, (0x81...0x84).contains(lead) || (0x88...0x9f).contains(lead) {
                shiftPairs += 1
            }
            if isShift || trail == 0xfd || trail == 0xfe, lead != 0x80, lead != 0xff {
                gbkPairs += 1
            }
            if (lead == 0xa1 && (trail == 0xa2 || trail == 0xa3)) || (lead == 0xa3 && trail == 0xac)
            {
                gbkStops += 1
            }
            let isBigFive = isHigh || (0x40...0x7e).contains(trail)
            if isBigFive, (0xa1...0xa3).contains(lead) || (0xa4...0xc9).contains(lead) {
                bigFivePairs += 1
            }
            index += 2
        }
    }

    var areText: Bool {
        eucPairs * 20 > pairs * 19 || bigFivePairs * 10 > pairs * 9
            || (shiftPairs * 10 > pairs * 9 && shiftKana * 4 > pairs)
            || (gbkPairs * 50 > pairs * 49 && gbkStops * 50 > pairs)
    }
}
