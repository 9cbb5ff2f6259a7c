/// Cuts text into chunks of even size, each ending at the strongest suitable break.
struct TextCutter<Ruler: TextRuler> {
    private let text: TextBytes
    private let ruler: Ruler
    private let limits: ChunkLimits
    private var window: CutWindow<Ruler>

    init(_ text: TextBytes, ruler: Ruler, limits: ChunkLimits) {
        self.text = text
        self.ruler = ruler
        self.limits = limits
        window = CutWindow(text, ruler: ruler, limits: limits)
    }

    /// Passes the chunks of `range`, which begins and ends with a non-blank scalar, to `take` in
    /// order.
    mutating func cut(_ range: Range<Int>, _ breaks: [LineBreak], _ take: (Piece) -> Void) {
        let end = range.upperBound
        var start = range.lowerBound
        // The text before this has been passed on. A chunk may begin before it, by the overlap.
        var done = start
        while done < end {
            window.read(from: start, to: end, breaks)
            if window.holdsAll {
                take(Piece(range: start..<end, size: window.size))
                return
            }
            guard let place = bestBreak(after: done, to: end) ?? runBreak(after: done, to: end)
            else {
                // The overlap leaves no room for new text, so it is dropped.
                start = done
                continue
            }
            take(Piece(range: start..<place.end, size: place.size))
            done = place.start
            start = overlapStart(before: place) ?? done
        }
    }

    /// The size of a chunk that divides the remaining text evenly.
    private func evenSize(to end: Int) -> Int {
        let bytes = window.sizeEnd - window.start
        let beyond = (end - window.sizeEnd) * window.size / max(bytes, 1)
        let left = window.size + beyond
        let overlap = limits.overlapMax
        let fresh = limits.target - overlap
        let parts = max(2, (left - overlap + fresh - 1) / fresh)
        return min(limits.target, (left + (parts - 1) * overlap) / parts)
    }

    /// The strongest break of a suitable size; among equals, the nearest to an even size.
    private func bestBreak(after done: Int, to end: Int) -> CutPlace? {
        let even = evenSize(to: end)
        var best: CutPlace?
        for place in window.breaks where place.end > done {
            guard place.size >= even / 2, place.size <= limits.max else { continue }
            if let known = best {
                let nearer = abs(place.size - even) <= abs(known.size - even)
                if place.strength < known.strength { continue }
                if place.strength == known.strength, !nearer { continue }
            }
            best = place
        }
        return best
    }

    /// A cut inside a run without breaks: after the last grapheme that fits, else the last scalar.
    /// `nil` only after an overlap: a scalar has a size of at most four, so one always fits.
    private mutating func runBreak(after done: Int, to end: Int) -> CutPlace? {
        var sizeMax = limits.max
        var torn: CutPlace?
        var tries = 8
        while sizeMax > 0, tries > 0 {
            let scalar = window.runEnd(sizeMax: sizeMax)
            let grapheme = text.graphemeBoundary(atOrBefore: scalar, from: window.start)
            let fair = grapheme > done ? grapheme : scalar
            let last = text.trimBlanks(before: fair, from: window.start)
            if last <= done { break }
            let size = window.size(upTo: last)
            if size <= limits.max {
                let next = text.skipBlanks(from: last, to: end)
                let place = CutPlace(
                    end: last, start: next, size: size, strength: .word, isHeading: false)
                // A combining mark must not be cut off the blank before it, so cut earlier.
                if next == last || next >= end || !text.isExtender(at: next) { return place }
                torn = torn ?? place
                tries -= 1
            }
            sizeMax -= max(1, size - limits.max)
        }
        return torn
    }

    /// The start of the next chunk when it repeats the end of this one: the strongest break within
    /// the overlap; among equals, the furthest back. Never at or before a heading.
    private func overlapStart(before place: CutPlace) -> Int? {
        guard limits.overlapMax > 0, !place.isHeading else { return nil }
        var room = limits.overlapMax
        while room > 0 {
            var best: CutPlace?
            for known in window.breaks.reversed() where known.start < place.end {
                if known.isHeading || place.size - known.size > room { break }
                if known.strength >= best?.strength ?? .word { best = known }
            }
            guard let best else { return nil }
            // Without the blank before it, the first word may have different tokens.
            let size = ruler.size(of: text.buffer(best.start..<place.end))
            if size <= limits.overlapMax { return best.start }
            room = min(room - 1, place.size - best.size - 1)
        }
        return nil
    }
}
