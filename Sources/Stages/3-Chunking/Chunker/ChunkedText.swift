package import Domain

/// A text and the places where it is cut. Chunks are created on access, in order, so that a large
/// text is in memory only once.
package struct ChunkedText: RandomAccessCollection, Sendable {
    /// A chunk without its text.
    private struct Cut: Sendable {
        var range: Range<Int>
        var size: Int32
        /// Index of the heading path.
        var path: Int32
        /// Index of the form.
        var form: Int32
    }

    private let utf8: [UInt8]
    private let pages: PageMap
    /// Whether sizes are in tokens.
    private let hasTokens: Bool
    private var cuts: [Cut] = []
    private var paths: [[String]] = []
    private var forms: [Piece.Form] = []

    /// - Parameter utf8: valid UTF-8.
    init(_ utf8: [UInt8], pages: PageMap, hasTokens: Bool) {
        self.utf8 = utf8
        self.pages = pages
        self.hasTokens = hasTokens
    }

    mutating func append(_ piece: Piece, path: [String]) {
        if paths.last != path { paths.append(path) }
        if forms.last != piece.form { forms.append(piece.form) }
        cuts.append(
            Cut(
                range: piece.range, size: Int32(piece.size), path: Int32(paths.count - 1),
                form: Int32(forms.count - 1)))
    }

    package var startIndex: Int { 0 }
    package var endIndex: Int { cuts.count }

    package subscript(ord: Int) -> Chunk {
        let cut = cuts[ord]
        let text = utf8.withUnsafeBufferPointer { buffer in
            buffer.baseAddress.map { base in
                forms[Int(cut.form)]
                    .text(of: cut.range, in: TextBytes(base, count: buffer.count))
            }
        }
        return Chunk(
            ord: ord, text: String(decoding: text ?? [], as: UTF8.self), utf8Range: cut.range,
            tokens: hasTokens ? Int(cut.size) : nil, headings: paths[Int(cut.path)],
            pages: pages.pages(of: cut.range))
    }
}
