package import Domain

/// What a client searches for, within the limits.
package struct SearchRequest: Sendable {
    package let query: String
    package let mode: SearchMode
    /// Maximum number of hits.
    package let limit: Int
    /// Only these documents; `nil` for all.
    package let documents: [DocumentID]?
    /// Only these media types; `nil` for all.
    package let mediaTypes: [String]?
    /// Whether a document has at most one hit, its best one.
    package let onePerDocument: Bool

    static let queryBytesMax = 8 << 10
    static let limits = 1...100
    static let documentCounts = 1...1000

    /// - Parameters:
    ///   - limit: `nil` for the default, 10.
    ///   - onePerDocument: `nil` for the default, false.
    package init(
        query: String, mode: SearchMode? = nil, limit: Int? = nil, documents: [DocumentID]? = nil,
        mediaTypes: [String]? = nil, onePerDocument: Bool? = nil
    ) throws(SearchRefusal) {
        guard !query.allSatisfy(\.isWhitespace) else { throw .queryEmpty }
        guard query.utf8.count <= Self.queryBytesMax else {
            throw .queryTooLong(bytesMax: Self.queryBytesMax)
        }
        let limit = limit ?? 10
        guard Self.limits.contains(limit) else { throw .limitInvalid(Self.limits) }
        if let documents, !Self.documentCounts.contains(documents.count) {
            throw .documentFilterInvalid(Self.documentCounts)
        }
        self.query = query
        self.mode = mode ?? .hybrid
        self.limit = limit
        self.documents = documents
        self.mediaTypes = mediaTypes
        self.onePerDocument = onePerDocument ?? false
    }
}
