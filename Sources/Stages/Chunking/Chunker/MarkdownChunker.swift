// Chunker: cuts parsed Markdown into chunks that a model can embed.
//
// Invariants: a chunk is an exact slice of the text that begins and ends with a scalar that is no
// blank; every scalar that is no blank is in a chunk; no chunk exceeds the maximum of exact
// cl100k_base tokens (or 16 bytes for each of them), lies on two pages, or tears a grapheme that
// fits; equal text gives equal chunks. Time is linear in the text, memory in the largest section.
// Structure: SectionScanner reads lines into sections, SectionJoiner puts short ones together,
// SectionCutter cuts long ones at the strongest break of a CutWindow.
// Neighbours: `ChunkHandler` above it; below it only `Domain`.

package import Domain

/// Cuts parsed Markdown along headings, blocks, list items, sentences and words, in this order.
package struct MarkdownChunker: Sendable {
    package let limits: ChunkLimits
    private let tokenizer: Cl100kTokenizer

    package init(tokenizer: Cl100kTokenizer, limits: ChunkLimits = .standard) {
        self.tokenizer = tokenizer
        self.limits = limits
    }

    /// Names the rules and the limits: other limits give other chunks.
    package var identity: ChunkerIdentity {
        let tokens = [
            limits.tokensTarget, limits.tokensMax, limits.overlapTokensMax, limits.joinTokensMax,
        ]
        return ChunkerIdentity(
            name: "markdown-cl100k",
            version: Self.rules + "-" + tokens.map(String.init).joined(separator: "-"))
    }

    /// Grows with every change that gives other chunks for some text.
    private static let rules = "1"

    /// The chunks in order; none for a text of blanks.
    ///
    /// Pages are told apart by form feeds, which are in no chunk; a text without any has no pages.
    ///
    /// - Parameter utf8: the text.
    /// - Throws: `notUTF8`.
    package func chunk(_ utf8: [UInt8]) throws(ChunkerError) -> ChunkedText {
        guard (try? UTF8Span(validating: utf8.span)) != nil else { throw .notUTF8 }
        var chunks = ChunkedText(utf8)
        utf8.withUnsafeBufferPointer { buffer in
            guard let base = buffer.baseAddress else { return }
            cut(
                TextBytes(base, count: buffer.count), hasPages: buffer.contains(0x0C),
                into: &chunks)
        }
        return chunks
    }

    private func cut(_ text: TextBytes, hasPages: Bool, into chunks: inout ChunkedText) {
        var sections = SectionJoiner(text, tokenizer, limits)
        var cutter = SectionCutter(text, tokenizer, limits)
        while let section = sections.next() {
            cutter.cut(section) { cut in
                chunks.append(
                    cut.range, tokens: cut.tokens, path: section.path,
                    page: hasPages ? section.page : nil)
            }
        }
    }
}
