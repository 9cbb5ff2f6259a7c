import Domain
import Embedding
package import Pipeline
package import Testing

/// What every embedder must do, in the process or as a service. A new one adds one call.
package enum EmbedderConformance {
    private static let texts = ["a lighthouse at the harbour", "fog", "Straße, naïve, 東京"]

    /// Records an issue for each rule of the port `Embedder` that the embedder breaks.
    ///
    /// - Parameter tolerance: how far a component may differ between two calls for one text.
    package static func check(
        _ embedder: any Embedder, tolerance: Float = 1e-5,
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        let together = try await embedder.embed(texts)
        try EmbedderCheck(space: embedder.space).validate(together, count: texts.count)
        #expect(
            Set(together).count == texts.count, "different texts have different vectors",
            sourceLocation: sourceLocation)
        for (text, vector) in zip(texts, together) {
            let alone = try await embedder.embed([text])[0]
            #expect(
                distance(alone, vector) <= tolerance,
                "the vector of '\(text)' must not depend on the other texts of the call",
                sourceLocation: sourceLocation)
        }
        let backwards = try await embedder.embed(texts.reversed())
        for (one, other) in zip(backwards.reversed(), together) {
            #expect(
                distance(one, other) <= tolerance, "vectors are in the order of the texts",
                sourceLocation: sourceLocation)
        }
        let query = try await embedder.embedQuery(texts[0], for: CallSubject(tenant: TenantID()))
        #expect(
            distance(query, together[0]) <= tolerance,
            "a query has the vector of the same text in a document",
            sourceLocation: sourceLocation)
        for count in [0, embedder.batchMax + 1] {
            let failure = await #expect(throws: JobFailure.self, sourceLocation: sourceLocation) {
                try await embedder.embed([String](repeating: "a", count: count))
            }
            #expect(
                failure?.code == .machine(.embeddingBatch), "a call has 1 to batchMax texts",
                sourceLocation: sourceLocation)
        }
    }

    private static func distance(_ one: [Float], _ other: [Float]) -> Float {
        zip(one, other).map { abs($0 - $1) }.max() ?? 0
    }
}
