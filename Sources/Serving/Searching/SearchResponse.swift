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
    }

    let results: [Hit]
    let mode: SearchMode
    /// The embedding space of the query and of every result.
    let space: String

    init(_ hits: [SearchHit], mode: SearchMode, space: EmbeddingSpace) {
        results = hits.map(Hit.init)
        self.mode = mode
        self.space = "\(space)"
    }
}

extension SearchResponse.Hit {
    init(_ hit: SearchHit) {
        self.init(
            documentId: hit.document, filename: hit.filename, mime: hit.mime, chunkId: hit.chunk,
            ord: hit.ord, text: hit.text, headings: hit.headings,
            pages: hit.pages.map(PageNumbers.init), score: hit.score, vectorRank: hit.vectorRank,
            textRank: hit.textRank)
    }
}
