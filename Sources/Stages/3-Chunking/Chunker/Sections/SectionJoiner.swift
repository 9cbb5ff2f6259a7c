/// Joins adjacent short sections into one chunk, and keeps headings with their text.
///
/// Joins sections of one page only. A section of a higher level than the first is joined only to
/// headings without text.
struct SectionJoiner<Ruler: TextRuler> {
    private let text: TextBytes
    private let ruler: Ruler
    private let limits: ChunkLimits
    private var scanner: SectionScanner
    private var following: Section?

    init(_ text: TextBytes, ruler: Ruler, limits: ChunkLimits) {
        self.text = text
        self.ruler = ruler
        self.limits = limits
        scanner = SectionScanner(text)
        following = scanner.next()
    }

    mutating func next() -> Section? {
        guard var section = following else { return nil }
        let level = section.level
        following = scanner.next()
        while let next = following, next.page == section.page,
            shouldJoin(section, with: next, level: level)
        {
            section.join(next)
            following = scanner.next()
        }
        return section
    }

    private func shouldJoin(_ section: Section, with next: Section, level: Int) -> Bool {
        if !section.hasBody, isShort(section.range, sizeMax: limits.target / 2) {
            return true
        }
        let joined = section.range.lowerBound..<next.range.upperBound
        return next.level >= level && isShort(joined, sizeMax: limits.joinMax)
    }

    private func isShort(_ range: Range<Int>, sizeMax: Int) -> Bool {
        range.count <= sizeMax * 8 && ruler.size(of: text.buffer(range)) <= sizeMax
    }
}
