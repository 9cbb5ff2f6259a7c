/// The bytes of the parsed text. They must be valid UTF-8 and outlive the chunking.
struct TextBytes {
    let base: UnsafePointer<UInt8>
    let count: Int
    private let classes = ScalarClasses.shared

    init(_ base: UnsafePointer<UInt8>, count: Int) {
        self.base = base
        self.count = count
    }

    @inline(__always)
    subscript(_ i: Int) -> UInt8 { base[i] }

    /// The length of the blank scalar at `i`; 0 when that scalar is not blank.
    @inline(__always)
    func blank(at i: Int) -> Int {
        let (kind, length) = classes.read(base, from: i, to: count)
        return kind & ScalarClasses.blank == 0 ? 0 : length
    }

    /// The first offset from `i` on that is not blank, or `end`.
    func skipBlanks(from i: Int, to end: Int) -> Int {
        var i = i
        while i < end {
            let length = blank(at: i)
            if length == 0 { return i }
            i += length
        }
        return end
    }

    /// The end of the last non-blank scalar before `end`, or `start`.
    func trimBlanks(before end: Int, from start: Int) -> Int {
        var end = end
        while end > start {
            let last = scalarStart(atOrBefore: end - 1)
            if blank(at: last) == 0 { return end }
            end = last
        }
        return start
    }

    /// Whether the scalar at `i` belongs to the grapheme before it.
    func isExtender(at i: Int) -> Bool {
        base[i] >= 0x80 && classes.read(base, from: i, to: count).0 & ScalarClasses.extender != 0
    }

    func scalarStart(atOrBefore i: Int) -> Int {
        var i = i
        while i > 0, i < count, base[i] & 0xC0 == 0x80 { i -= 1 }
        return i
    }

    /// The scalar that begins at `i`, and its length in bytes.
    func scalar(at i: Int) -> (value: UInt32, length: Int) {
        let first = UInt32(base[i])
        if first < 0x80 { return (first, 1) }
        let length = min(first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4, count - i)
        var value = first & (0x7F >> UInt32(length))
        for k in 1..<max(length, 1) { value = value << 6 | UInt32(base[i + k] & 0x3F) }
        return (value, length)
    }

    func string(_ range: Range<Int>) -> String {
        String(decoding: buffer(range), as: UTF8.self)
    }

    func buffer(_ range: Range<Int>) -> UnsafeBufferPointer<UInt8> {
        UnsafeBufferPointer(start: base + range.lowerBound, count: range.count)
    }

    /// The last grapheme boundary at or before `i`; `start` must be a boundary.
    func graphemeBoundary(atOrBefore i: Int, from start: Int) -> Int {
        guard i < count, i > start, base[i] >= 0x80 || base[i - 1] >= 0x80 else { return i }
        let i = scalarStart(atOrBefore: i)
        var boundary = start
        for character in string(start..<i + scalar(at: i).length) {
            let next = boundary + character.utf8.count
            if next > i { break }
            boundary = next
        }
        return boundary
    }
}
