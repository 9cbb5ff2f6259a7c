package import Domain

/// Turns texts into vectors of one space.
package protocol Embedder: Sendable {
    /// The space of every vector that this embedder returns.
    var space: EmbeddingSpace { get }
    /// The maximum number of texts per call.
    var batchMax: Int { get }

    /// Embeds texts, in order.
    ///
    /// - Parameters:
    ///   - texts: 1…`batchMax` non-empty texts.
    ///   - subject: the owner of the texts, for whom billable calls are recorded.
    /// - Returns: one vector per text, each `EmbeddingSpace.storedWidth` finite numbers, of length
    ///   one, zero-padded past `space.width`.
    /// - Throws: a job failure. After `embedding_request_too_large` for several texts, smaller
    ///   calls may succeed. Callers must validate the vectors in any case.
    func embed(
        _ texts: [String], for subject: CallSubject
    ) async throws(JobFailure) -> [[Float]]

    /// Embeds a search query. A query longer than the model's window may be cut off there, so
    /// that the cost of one search is bounded. Some models expect another prefix than for the texts
    /// of documents, so an embedder that calls another one must pass queries on as queries.
    ///
    /// - Returns: a vector as `embed` returns it.
    func embedQuery(
        _ query: String, for subject: CallSubject
    ) async throws(JobFailure) -> [Float]
}

extension Embedder {
    package func embedQuery(
        _ query: String, for subject: CallSubject
    ) async throws(JobFailure) -> [Float] {
        try await embed([query], for: subject)[0]
    }
}

/// A provider whose availability can be checked without doing any work, at no cost.
package protocol Probeable: Sendable {
    /// - Throws: when the provider is unreachable. Any response counts as reachable.
    func probe() async throws(JobFailure)
}
