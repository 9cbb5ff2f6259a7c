package import Domain

/// Turns texts into vectors of one space.
package protocol Embedder: Sendable {
    /// The space of every vector this embedder gives.
    var space: VectorSpace { get }
    /// The most texts one call takes.
    var batchMax: Int { get }

    /// Embeds texts, in order.
    ///
    /// - Parameters:
    ///   - texts: 1…`batchMax` non-empty texts.
    ///   - subject: whose texts they are; what a call that costs something is accounted to.
    /// - Returns: as many vectors, each `VectorSpace.storedWidth` finite numbers, zero-padded past
    ///   `space.width`, of length one.
    /// - Throws: a stage failure. The stage checks the answer all the same.
    func embed(
        _ texts: [String], for subject: CallSubject
    ) async throws(StageFailure) -> [[Float]]

    /// Embeds a search query. A query longer than the model's window may be cut off there, so
    /// that the cost of one search is bounded.
    ///
    /// - Returns: a vector as `embed` returns it.
    func embedQuery(
        _ query: String, for subject: CallSubject
    ) async throws(StageFailure) -> [Float]
}

extension Embedder {
    package func embedQuery(
        _ query: String, for subject: CallSubject
    ) async throws(StageFailure) -> [Float] {
        try await embed([query], for: subject)[0]
    }
}

/// A provider that can be asked how it is without doing any work, at no cost.
package protocol Probeable: Sendable {
    /// - Throws: when it does not answer; whatever it answers, it is there.
    func probe() async throws(StageFailure)
}
