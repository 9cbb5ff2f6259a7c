/// What a chunk that begins at `start` could hold: its size up to just over the maximum, and the
/// places where it could end.
struct CutWindow<Ruler: TextRuler> {
    private let text: TextBytes
    private let limits: ChunkLimits
    private var ruler: Ruler

    private(set) var start = 0
    /// Up to where the text was read.
    private(set) var limit = 0
    /// Whether all that was asked for was read and fits into one chunk.
    private(set) var holdsAll = false
    private(set) var breaks: [CutPlace] = []

    init(_ text: TextBytes, _ ruler: Ruler, _ limits: ChunkLimits) {
        self.text = text
        self.ruler = ruler
        self.limits = limits
    }

    /// The size of what was read: over the maximum unless the text or the bytes ended first.
    var size: Int { ruler.size }
    var sizeEnd: Int { ruler.end }

    /// Reads from `start`, which is no blank; `end` follows a scalar that is no blank.
    mutating func read(from start: Int, to end: Int, _ lineBreaks: [LineBreak]) {
        self.start = start
        let bytesMax = limits.max * ruler.unitBytesMax
        // Most text has fewer bytes a unit; what has more is read again, further.
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

    /// The exact size from the window's start to `end`, which lies in what was measured.
    mutating func size(upTo end: Int) -> Int { ruler.size(of: text, upTo: end) }

    /// See `TextRuler`.
    func runEnd(sizeMax: Int) -> Int { ruler.runEnd(of: text, sizeMax: sizeMax) }
}

/// A place between two chunks: one ends at `end`, the other begins at `start`; blanks between the
/// two belong to neither.
struct CutPlace {
    var end: Int
    var start: Int
    /// From a window's start to `end`.
    var size = 0
    var strength: BreakStrength
    var isHeading: Bool
}
