import Domain
import Searching

/// The body of a response to a search.
struct SearchResponse: Encodable {
    struct Hit: Encodable {
        let documentId: DocumentID
        let filename: String
        let mime: String
        let chunkId: String
        let ord: Int
        let text: String
        let headings: [String]
        let pages: PageNumbers?
        let score: Double
        let vectorRank: Int?
        let textRank: Int?
        /// `nil` unless the request asks for an explanation.
        let explanation: Explanation?
    }

    /// The scores from which the ranks follow.
    struct Explanation: Encodable {
        let cosineSimilarity: Double?
        let bm25: Double?
    }

    let results: [Hit]
    let mode: SearchMode
    /// The embedding space of the query and of every result.
    let space: String

    init(_ hits: [SearchHit], mode: SearchMode, space: EmbeddingSpace, isExplained: Bool) {
        results = hits.map { Hit($0, isExplained: isExplained) }
        self.mode = mode
        self.space = "\(space)"
    }
}

extension SearchResponse.Hit {
    init(_ hit: SearchHit, isExplained: Bool) {
        self.init(
            documentId: hit.document, filename: hit.filename, mime: hit.mime, chunkId: hit.chunk,
            ord: hit.ord, text: hit.text, headings: hit.headings,
            pages: hit.pages.map(PageNumbers.init), score: hit.score, vectorRank: hit.vectorRank,
            textRank: hit.textRank,
            explanation: isExplained
                ? .init(cosineSimilarity: hit.similarity, bm25: hit.textScore) : nil)
    }
}
