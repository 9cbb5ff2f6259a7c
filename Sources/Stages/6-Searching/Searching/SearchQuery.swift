package import Domain

/// A search as the index executes it. With a vector and words, both rankings are fused.
package struct SearchQuery: Sendable {
    /// `nil` ranks by words only.
    package let vector: [Float]?
    package let space: EmbeddingSpace
    /// `nil` ranks by meaning only.
    package let words: String?
    /// Maximum number of hits.
    package let limit: Int
    /// Only these documents; `nil` for all.
    package let documents: [DocumentID]?
    /// Only these media types; `nil` for all.
    package let mediaTypes: [String]?

    package init(
        vector: [Float]?, space: EmbeddingSpace, words: String?, limit: Int,
        documents: [DocumentID]? = nil, mediaTypes: [String]? = nil
    ) {
        self.vector = vector
        self.space = space
        self.words = words
        self.limit = limit
        self.documents = documents
        self.mediaTypes = mediaTypes
    }

    /// - Parameter vector: the query's vector, if the mode ranks by meaning.
    init(_ request: SearchRequest, vector: [Float]?, space: EmbeddingSpace) {
        let words = SearchWords.bounded(Self.storable(request.query))
        self.init(
            vector: vector, space: space, words: request.mode.ranksByWords ? words : nil,
            limit: request.limit, documents: request.documents,
            mediaTypes: request.mediaTypes.map { $0.map(Self.storable) })
    }

    /// The text without NUL, which no stored text can contain.
    private static func storable(_ text: String) -> String {
        String(text.map { $0 == "\0" ? " " : $0 })
    }
}
