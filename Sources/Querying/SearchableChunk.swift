/// A chunk of a finished document.
package struct SearchableChunk: Sendable {
    package let chunk: String
    /// Number of the chunk in its document, from 0.
    package let ord: Int
    package let text: String
    /// In cl100k tokens; `nil` when the chunk was measured in characters.
    package let tokens: Int?
    package let headings: [String]
    /// First and last page; `nil` for formats without pages.
    package let pages: ClosedRange<Int>?
    /// First byte of the chunk in the parsed text (UTF-8), and the first byte after it.
    package let utf8Start: Int
    package let utf8End: Int

    package init(
        chunk: String, ord: Int, text: String, tokens: Int?, headings: [String],
        pages: ClosedRange<Int>?, utf8Start: Int, utf8End: Int
    ) {
        self.chunk = chunk
        self.ord = ord
        self.text = text
        self.tokens = tokens
        self.headings = headings
        self.pages = pages
        self.utf8Start = utf8Start
        self.utf8End = utf8End
    }
}
