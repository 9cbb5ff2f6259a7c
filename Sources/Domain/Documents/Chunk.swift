import FoundationEssentials

/// The chunker and version that cut a document; part of every chunk's identity.
package struct ChunkerIdentity: Hashable, Sendable, Codable {
    package var name: String
    package var version: String

    package init(name: String, version: String) {
        self.name = name
        self.version = version
    }
}

/// One piece of a parsed document.
package struct Chunk: Sendable, Equatable {
    /// 0-based position in the document.
    package var ord: Int
    /// The exact slice `utf8Range` of the parsed text. In a part of a table, the caption and the
    /// heading row precede it; a row that is too wide is "heading: value" lines.
    package var text: String
    /// Byte offsets into the parsed Markdown (UTF-8), end exclusive.
    package var utf8Range: Range<Int>
    /// Exact cl100k_base tokens of `text`; `nil` when sizes are in characters.
    package var tokens: Int?
    /// Titles of the headings above this chunk, outermost first.
    package var headings: [String]
    /// 1-based pages on which the chunk begins and ends; `nil` for formats without pages.
    package var pages: ClosedRange<Int>?

    package init(
        ord: Int, text: String, utf8Range: Range<Int>, tokens: Int?, headings: [String],
        pages: ClosedRange<Int>?
    ) {
        self.ord = ord
        self.text = text
        self.utf8Range = utf8Range
        self.tokens = tokens
        self.headings = headings
        self.pages = pages
    }

    /// The text to embed: the heading path, then the text, so that a passage keeps its context.
    package var embeddingInput: String {
        headings.isEmpty ? text : headings.joined(separator: " > ") + "\n\n" + text
    }
}

/// The space that a vector belongs to. Vectors of different spaces are never compared.
package struct EmbeddingSpace: Hashable, Sendable, Codable, CustomStringConvertible {
    package var model: String
    package var version: String
    /// The width before padding to the stored width of 1536.
    package var width: Int

    package init(model: String, version: String, width: Int) {
        self.model = model
        self.version = version
        self.width = width
    }

    package var description: String { "\(model)@\(version)/\(width)" }

    /// The width of every stored vector.
    package static let storedWidth = 1536
}
