/// Measures in Unicode scalars, as Python's `len` does.
struct CharacterRuler: TextRuler {
    private var start = 0
    private(set) var size = 0
    private(set) var end = 0
    /// The end that was last queried, and the size up to it.
    private var known = (end: 0, size: 0)

    /// A scalar has at most four bytes, so the byte bound never applies first.
    var unitBytesMax: Int { 4 }
    var unitBytesUsual: Int { 4 }

    func size(of text: UnsafeBufferPointer<UInt8>) -> Int { Self.scalars(in: text) }

    private static func scalars(in text: UnsafeBufferPointer<UInt8>) -> Int {
        // Arithmetic instead of comparisons, so that the compiler vectorises the loop.
        var following = 0
        for byte in text { following &+= Int(truncatingIfNeeded: (byte >> 7) & ~(byte >> 6)) }
        return text.count - following
    }

    mutating func read(_ text: TextBytes, from start: Int, to limit: Int, sizeMax: Int) {
        self.start = start
        known = (start, 0)
        (end, size) = Self.advance(text, from: start, to: limit, by: sizeMax + 1)
    }

    mutating func size(of text: TextBytes, upTo end: Int) -> Int {
        if known.end > end { known = (start, 0) }
        known = (end, known.size + size(of: text.buffer(known.end..<end)))
        return known.size
    }

    func runEnd(of text: TextBytes, sizeMax: Int) -> Int {
        Self.advance(text, from: start, to: end, by: sizeMax).end
    }

    /// Moves over up to `sizeMax` scalars, but not past `limit`.
    private static func advance(
        _ text: TextBytes, from start: Int, to limit: Int, by sizeMax: Int
    ) -> (end: Int, size: Int) {
        var i = start
        var size = 0
        // A stretch with no more bytes than scalars remain always fits, so it is counted at once.
        while i < limit, size < sizeMax {
            let next = text.scalarStart(atOrBefore: min(limit, i + sizeMax - size))
            if next == i {
                i += text.scalar(at: i).length
                size += 1
            } else {
                size += scalars(in: text.buffer(i..<next))
                i = next
            }
        }
        return (i, size)
    }
}
