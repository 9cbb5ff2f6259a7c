package import Domain

/// A search as the index executes it. With a vector and words, both rankings are fused.
package struct SearchQuery: Sendable {
    /// `nil` ranks by words only.
    package let vector: [Float]?
    package let space: EmbeddingSpace
    /// `nil` ranks by meaning only.
    package let words: SearchWords?
    /// Maximum number of hits.
    package let limit: Int
    /// Only these documents; `nil` for all.
    package let documents: [DocumentID]?
    /// Only these media types; `nil` for all.
    package let mediaTypes: [String]?
    /// Whether a document has at most one hit, its best one.
    package let onePerDocument: Bool

    package init(
        vector: [Float]?, space: EmbeddingSpace, words: String?, limit: Int,
        documents: [DocumentID]? = nil, mediaTypes: [String]? = nil, onePerDocument: Bool = false
    ) {
        self.vector = vector
        self.space = space
        self.words = words.map(SearchWords.init)
        self.limit = limit
        self.documents = documents
        self.mediaTypes = mediaTypes
        self.onePerDocument = onePerDocument
    }

    /// - Parameter vector: the query's vector, if the mode ranks by meaning.
    init(_ request: SearchRequest, vector: [Float]?, space: EmbeddingSpace) {
        self.init(
            vector: vector, space: space,
            words: request.mode.ranksByWords ? Self.storable(request.query) : nil,
            limit: request.limit, documents: request.documents,
            mediaTypes: request.mediaTypes.map { $0.map(Self.storable) },
            onePerDocument: request.onePerDocument)
    }

    /// The text without NUL, which no stored text can contain.
    private static func storable(_ text: String) -> String {
        String(text.map { $0 == "\0" ? " " : $0 })
    }
}
