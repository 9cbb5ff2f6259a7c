/// The text that a chunk beginning at `start` could contain: its size up to just over the maximum,
/// and the places where the chunk could end.
struct CutWindow<Ruler: TextRuler> {
    private let text: TextBytes
    private let limits: ChunkLimits
    private var ruler: Ruler

    private(set) var start = 0
    /// The offset up to which text was offered to the ruler.
    private(set) var limit = 0
    /// Whether all requested text was read and fits into one chunk.
    private(set) var holdsAll = false
    private(set) var breaks: [CutPlace] = []

    init(_ text: TextBytes, ruler: Ruler, limits: ChunkLimits) {
        self.text = text
        self.ruler = ruler
        self.limits = limits
    }

    /// The size of the text read: over the maximum unless the text or the byte bound ended first.
    var size: Int { ruler.size }
    var sizeEnd: Int { ruler.end }

    /// Reads from `start`, which must not be blank; `end` must follow a non-blank scalar.
    mutating func read(from start: Int, to end: Int, _ lineBreaks: [LineBreak]) {
        self.start = start
        let bytesMax = limits.max * ruler.unitBytesMax
        // Most texts have fewer bytes per unit. Others are read again, further.
        var bytes = limits.max * ruler.unitBytesUsual
        repeat {
            limit = min(end, start + min(bytes, bytesMax))
            if limit < end { limit = text.scalarStart(atOrBefore: limit) }
            ruler.read(text, from: start, to: limit, sizeMax: limits.max)
            bytes *= 2
        } while size <= limits.max && limit < end && limit - start < bytesMax - 3
        holdsAll = size <= limits.max && limit == end
        breaks.removeAll(keepingCapacity: true)
        if holdsAll { return }
        var finder = BreakFinder(text, from: start, to: end, lineBreaks)
        while var found = finder.next(before: sizeEnd) {
            found.size = ruler.size(of: text, upTo: found.end)
            breaks.append(found)
        }
    }

    /// The exact size from the window's start to `end`, which must be within the measured text.
    mutating func size(upTo end: Int) -> Int { ruler.size(of: text, upTo: end) }

    /// See `TextRuler`.
    func runEnd(sizeMax: Int) -> Int { ruler.runEnd(of: text, sizeMax: sizeMax) }
}

/// A place between two chunks. One ends at `end`, the other begins at `start`; blanks in between
/// belong to neither.
struct CutPlace {
    var end: Int
    var start: Int
    /// The size from the window's start to `end`.
    var size = 0
    var strength: BreakStrength
    var isHeading: Bool
}
