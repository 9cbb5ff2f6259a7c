import Domain

/// What precedes each text that a model receives. Models that were trained with prefixes find less
/// without them.
package struct EmbeddingPrefixes: Sendable, Equatable {
    /// Before a search query.
    package var query: String
    /// Before a text of a document.
    package var passage: String

    package init(query: String = "", passage: String = "") {
        self.query = query
        self.passage = passage
    }

    /// The version of an embedding space whose vectors have these prefixes. Texts that were
    /// embedded with other prefixes cannot be compared.
    func version(_ model: String) -> String {
        guard self != EmbeddingPrefixes() else { return model }
        var hash = StableHash(seed: 0)
        for prefix in [query, passage] {
            hash.combine(prefix.utf8)
            hash.combine([0])
        }
        return withUnsafeBytes(of: hash.value.bigEndian) { "\(model)-\($0.hexadecimal)" }
    }
}
