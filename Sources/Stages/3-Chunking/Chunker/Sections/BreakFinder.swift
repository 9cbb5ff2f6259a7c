/// Finds the places where text can be cut without splitting a word: at blanks, and after the
/// full-width marks of scripts that are written without blanks.
struct BreakFinder {
    private let text: TextBytes
    private let end: Int
    private let lineBreaks: [LineBreak]
    private var nextLine: Int
    private var i: Int

    /// `end` must follow a non-blank scalar; `lineBreaks` must be in order.
    init(_ text: TextBytes, from start: Int, to end: Int, _ lineBreaks: [LineBreak]) {
        self.text = text
        self.end = end
        self.lineBreaks = lineBreaks
        i = start
        var low = 0
        var high = lineBreaks.count
        while low < high {
            let middle = (low + high) / 2
            if lineBreaks[middle].offset <= start { low = middle + 1 } else { high = middle }
        }
        nextLine = low
    }

    /// The next break that ends before `reach`. Its size is not set yet.
    mutating func next(before reach: Int) -> CutPlace? {
        while i < reach {
            let byte = text[i]
            if byte > 0x20, byte < 0x80 {
                i += 1
                continue
            }
            let blank = text.blank(at: i)
            if blank > 0 {
                if let found = breakAtBlank(blank) { return found }
            } else if byte >= 0x80 {
                if let found = breakAtScalar(before: reach) { return found }
            } else {
                i += 1
            }
        }
        return nil
    }

    /// Finds the break at the blank of `length` bytes at `i`, and moves past all blanks.
    private mutating func breakAtBlank(_ length: Int) -> CutPlace? {
        let before = i
        i = text.skipBlanks(from: before + length, to: end)
        if i >= end || text.isExtender(at: i) { return nil }
        while nextLine < lineBreaks.count, lineBreaks[nextLine].offset <= before { nextLine += 1 }
        var line: LineBreak?
        while nextLine < lineBreaks.count, lineBreaks[nextLine].offset <= i {
            line = lineBreaks[nextLine]
            nextLine += 1
        }
        if let line {
            return CutPlace(
                end: before, start: i, strength: line.strength, isHeading: line.isHeading)
        }
        let marked = EndMark.strength(text, before: before, next: i)
        let isLineEnd = text.buffer(before..<i).contains(0x0A)
        return CutPlace(
            end: before, start: i, strength: isLineEnd ? max(marked, .line) : marked,
            isHeading: false)
    }

    /// Finds the break after a full-width mark and its closing marks, all before `reach`, and moves
    /// past them.
    private mutating func breakAtScalar(before reach: Int) -> CutPlace? {
        var (value, length) = text.scalar(at: i)
        i += length
        guard let strength = EndMark.fullWidthStrength(value) else { return nil }
        while i < reach {
            (value, length) = text.scalar(at: i)
            guard EndMark.isFullWidthCloser(value) || EndMark.fullWidthStrength(value) != nil
            else { break }
            i += length
        }
        if i >= reach || text.blank(at: i) > 0 || text.isExtender(at: i) { return nil }
        return CutPlace(end: i, start: i, strength: strength, isHeading: false)
    }
}
