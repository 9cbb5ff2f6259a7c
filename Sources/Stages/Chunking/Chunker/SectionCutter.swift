/// Cuts one section into chunks of even size, each ending where it tears the least apart.
struct SectionCutter {
    /// A chunk's place in the text, and its tokens.
    struct Cut {
        var range: Range<Int>
        var tokens: Int
    }

    private let text: TextBytes
    private let tokenizer: Cl100kTokenizer
    private let limits: ChunkLimits
    private var window: CutWindow

    init(_ text: TextBytes, _ tokenizer: Cl100kTokenizer, _ limits: ChunkLimits) {
        self.text = text
        self.tokenizer = tokenizer
        self.limits = limits
        window = CutWindow(text, tokenizer, limits)
    }

    /// Hands on the section's chunks in order.
    mutating func cut(_ section: Section, _ take: (Cut) -> Void) {
        let end = section.range.upperBound
        var start = section.range.lowerBound
        // What is behind it has been handed on; a chunk may begin before it, by the overlap.
        var done = start
        while done < end {
            window.read(from: start, to: end, section.breaks)
            if window.holdsAll {
                take(Cut(range: start..<end, tokens: window.tokens))
                return
            }
            guard let place = bestBreak(after: done, to: end) ?? runBreak(after: done, to: end)
            else {
                // The overlap leaves no room for anything new: do without it.
                start = done
                continue
            }
            take(Cut(range: start..<place.end, tokens: place.tokens))
            done = place.start
            start = overlapStart(before: place) ?? done
        }
    }

    /// The tokens a chunk should have for the rest to come out even.
    private func evenTokens(to end: Int) -> Int {
        let bytes = window.piecesEnd - window.start
        let beyond = (end - window.piecesEnd) * window.tokens / max(bytes, 1)
        let left = window.tokens + beyond
        let overlap = limits.overlapTokensMax
        let fresh = limits.tokensTarget - overlap
        let parts = max(2, (left - overlap + fresh - 1) / fresh)
        return min(limits.tokensTarget, (left + (parts - 1) * overlap) / parts)
    }

    /// The strongest break of a fair size, among equals the nearest to an even size.
    private func bestBreak(after done: Int, to end: Int) -> CutWindow.Break? {
        let even = evenTokens(to: end)
        var best: CutWindow.Break?
        for place in window.breaks where place.end > done {
            guard place.tokens >= even / 2, place.tokens <= limits.tokensMax else { continue }
            if let known = best {
                let nearer = abs(place.tokens - even) <= abs(known.tokens - even)
                if place.strength < known.strength { continue }
                if place.strength == known.strength, !nearer { continue }
            }
            best = place
        }
        return best
    }

    /// Inside a run without a break: at the last grapheme that fits, else at the last scalar.
    /// `nil` only after an overlap: a scalar has four tokens at most, so one always fits.
    private func runBreak(after done: Int, to end: Int) -> CutWindow.Break? {
        var tokensMax = limits.tokensMax
        var torn: CutWindow.Break?
        var tries = 8
        while tokensMax > 0, tries > 0 {
            let scalar = window.runEnd(tokensMax: tokensMax)
            let grapheme = text.graphemeBoundary(atOrBefore: scalar, from: window.start)
            let fair = grapheme > done ? grapheme : scalar
            let last = text.trimBlanks(before: fair, from: window.start)
            if last <= done { break }
            let tokens = window.tokens(upTo: last)
            if tokens <= limits.tokensMax {
                let next = text.skipBlanks(from: last, to: end)
                let place = CutWindow.Break(
                    end: last, start: next, tokens: tokens, strength: .word, isHeading: false)
                // A mark that stands on a blank would lose it: rather cut before.
                if next == last || next >= end || !text.isExtender(at: next) { return place }
                torn = torn ?? place
                tries -= 1
            }
            tokensMax -= max(1, tokens - limits.tokensMax)
        }
        return torn
    }

    /// Where the next chunk begins when it repeats the end of this one: at the strongest break
    /// within the overlap, among equals the furthest back; never before a heading.
    private func overlapStart(before place: CutWindow.Break) -> Int? {
        guard limits.overlapTokensMax > 0, !place.isHeading else { return nil }
        var room = limits.overlapTokensMax
        while room > 0 {
            var best: CutWindow.Break?
            for known in window.breaks.reversed() where known.start < place.end {
                if known.isHeading || place.tokens - known.tokens > room { break }
                if known.strength >= best?.strength ?? .word { best = known }
            }
            guard let best else { return nil }
            // Without the blank before it, the first word may have other tokens.
            let tokens = tokenizer.count(utf8: text.buffer(best.start..<place.end))
            if tokens <= limits.overlapTokensMax { return best.start }
            room = min(room - 1, place.tokens - best.tokens - 1)
        }
        return nil
    }
}
