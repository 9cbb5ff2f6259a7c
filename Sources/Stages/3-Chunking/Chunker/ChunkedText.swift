package import Domain

/// A text and the places where it is cut. Chunks are created on access, in order, so that a large
/// text is in memory only once.
package struct ChunkedText: RandomAccessCollection, Sendable {
    /// A chunk without its text.
    struct Cut: Sendable {
        var range: Range<Int>
        var size: Int32
        /// Index of the heading path.
        var path: Int32
        /// 0 for a text without pages.
        var page: Int32
    }

    private let utf8: [UInt8]
    /// Whether sizes are in tokens.
    private let hasTokens: Bool
    private var cuts: [Cut] = []
    private var paths: [[String]] = []

    /// - Parameter utf8: valid UTF-8.
    init(_ utf8: [UInt8], hasTokens: Bool) {
        self.utf8 = utf8
        self.hasTokens = hasTokens
    }

    mutating func append(_ range: Range<Int>, size: Int, path: [String], page: Int?) {
        if paths.last != path { paths.append(path) }
        cuts.append(
            Cut(
                range: range, size: Int32(size), path: Int32(paths.count - 1),
                page: Int32(page ?? 0)))
    }

    package var startIndex: Int { 0 }
    package var endIndex: Int { cuts.count }

    package subscript(ord: Int) -> Chunk {
        let cut = cuts[ord]
        let page = Int(cut.page)
        return Chunk(
            ord: ord, text: String(decoding: utf8[cut.range], as: UTF8.self), utf8Range: cut.range,
            tokens: hasTokens ? Int(cut.size) : nil, headings: paths[Int(cut.path)],
            pages: page > 0 ? page...page : nil)
    }
}
