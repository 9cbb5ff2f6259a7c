// Chunker: cuts parsed Markdown into chunks that a model can embed.
//
// Invariants: a chunk is an exact slice of the text that begins and ends with a non-blank scalar,
// after what it repeats of its table; every non-blank scalar is in a chunk; no chunk begins or ends
// inside a table row that fits, or shows a row without its heading row; no chunk exceeds the
// maximum of exact cl100k_base tokens (or 16 bytes for each) or of characters, or splits a grapheme
// that fits; equal text gives equal chunks. Time is linear in the text, memory in the largest
// section.
// Structure: SectionScanner reads lines into sections, SectionJoiner joins short ones,
// SectionCutter separates text and tables; TextCutter cuts at the strongest break of a CutWindow,
// TableCutter between rows; a TextRuler measures.
// Neighbours: `ChunkHandler` calls it; it depends only on `Domain`.

package import Domain

/// Cuts parsed Markdown along headings, blocks, list items, sentences and words, in this order.
package struct MarkdownChunker: Sendable {
    package let limits: ChunkLimits
    private let measure: ChunkMeasure

    /// - Parameter limits: in units of the measure; default: its `defaultLimits`.
    package init(by measure: ChunkMeasure, limits: ChunkLimits? = nil) {
        self.measure = measure
        self.limits = limits ?? measure.defaultLimits
    }

    /// Identifies the rules, the measure and the limits; a change in any can change the chunks.
    package var identity: ChunkerIdentity {
        let sizes = [limits.target, limits.max, limits.overlapMax, limits.joinMax]
        return ChunkerIdentity(
            name: measure.chunkerName,
            version: Self.rules + "-" + sizes.map(String.init).joined(separator: "-"))
    }

    /// Must increase with every change that gives other chunks for some text.
    private static let rules = "2"

    /// The chunks in order; none for a blank text.
    ///
    /// Form feeds end pages. One inside a paragraph or table leaves it whole, in a chunk of two
    /// pages. A text without form feeds has no pages.
    ///
    /// - Parameter utf8: the text.
    /// - Throws: `notUTF8`.
    package func chunk(_ utf8: [UInt8]) throws(ChunkerError) -> ChunkedText {
        guard (try? UTF8Span(validating: utf8.span)) != nil else { throw .notUTF8 }
        var utf8 = utf8
        let pages = PageMap(&utf8)
        switch measure {
        case .tokens(let tokenizer):
            return cut(
                utf8, by: TokenRuler(tokenizer),
                into: ChunkedText(utf8, pages: pages, hasTokens: true))
        case .characters:
            return cut(
                utf8, by: CharacterRuler(),
                into: ChunkedText(utf8, pages: pages, hasTokens: false))
        }
    }

    private func cut(
        _ utf8: [UInt8], by ruler: some TextRuler, into empty: ChunkedText
    ) -> ChunkedText {
        var chunks = empty
        utf8.withUnsafeBufferPointer { buffer in
            guard let base = buffer.baseAddress else { return }
            let text = TextBytes(base, count: buffer.count)
            var sections = SectionJoiner(text, ruler: ruler, limits: limits)
            var cutter = SectionCutter(text, ruler: ruler, limits: limits)
            while let section = sections.next() {
                cutter.cut(section) { chunks.append($0, path: section.path) }
            }
        }
        return chunks
    }
}
