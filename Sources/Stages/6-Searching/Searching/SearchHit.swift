package import Domain

/// A chunk that a search has found.
package struct SearchHit: Sendable {
    package let document: DocumentID
    package let filename: String
    package let mime: String
    package let chunk: String
    /// Number of the chunk in its document, from 0.
    package let ord: Int
    package let text: String
    package let headings: [String]
    /// First and last page; `nil` for formats without pages.
    package let pages: ClosedRange<Int>?
    /// Sum of 1 / (60 + rank) over the rankings that contain the chunk.
    package let score: Double
    /// Rank by meaning, from 1; `nil` when that ranking does not contain the chunk.
    package let vectorRank: Int?
    /// Rank by words, from 1; `nil` when that ranking does not contain the chunk.
    package let textRank: Int?
    /// Cosine similarity of the chunk and the query, -1 to 1; `nil` without a rank by meaning.
    package let similarity: Double?
    /// BM25 of the chunk for the query's words, from 0; `nil` without a rank by words.
    package let textScore: Double?

    package init(
        document: DocumentID, filename: String, mime: String, chunk: String, ord: Int,
        text: String, headings: [String], pages: ClosedRange<Int>?, score: Double,
        vectorRank: Int?, textRank: Int?, similarity: Double?, textScore: Double?
    ) {
        self.document = document
        self.filename = filename
        self.mime = mime
        self.chunk = chunk
        self.ord = ord
        self.text = text
        self.headings = headings
        self.pages = pages
        self.score = score
        self.vectorRank = vectorRank
        self.textRank = textRank
        self.similarity = similarity
        self.textScore = textScore
    }
}
