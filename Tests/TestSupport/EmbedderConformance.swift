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
        try await checkQueries(embedder, together, sourceLocation)
        for count in [0, embedder.batchMax + 1] {
            let failure = await #expect(throws: JobFailure.self, sourceLocation: sourceLocation) {
                try await embedder.embed([String](repeating: "a", count: count))
            }
            #expect(
                failure?.code == .machine(.embeddingBatch), "a call has 1 to batchMax texts",
                sourceLocation: sourceLocation)
        }
    }

    /// A query may have another prefix than the texts of documents, but not another meaning.
    private static func checkQueries(
        _ embedder: any Embedder, _ vectors: [[Float]], _ sourceLocation: SourceLocation
    ) async throws {
        for (index, text) in texts.enumerated() {
            let query = try await embedder.embedQuery(text, for: CallSubject(tenant: TenantID()))
            try EmbedderCheck(space: embedder.space).validate([query], count: 1)
            let cosines = vectors.map { vector -> Float in
                zip(query, vector).reduce(0) { $0 + $1.0 * $1.1 }
            }
            #expect(
                cosines.max() == cosines[index],
                "the query '\(text)' must be nearest to the same text in a document",
                sourceLocation: sourceLocation)
        }
    }

    private static func distance(_ one: [Float], _ other: [Float]) -> Float {
        zip(one, other).map { abs($0 - $1) }.max() ?? 0
    }
}
