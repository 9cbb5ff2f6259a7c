import Domain
import Embedding
import Pipeline
import TestSupport
import Testing

/// Embeddings that must not reach the database.
@Suite(.timeLimit(.minutes(5))) struct EmbedderCheckTests {
    private static let codes: [MockEmbedder.Fault: EmbedderFailure] = [
        .missingVector: .vectorCount, .extraVector: .vectorCount,
        .wrongWidth: .vectorWidth, .notANumber: .vectorNotFinite,
        .infinite: .vectorNotFinite, .zeroVector: .vectorZero,
        .notUnitLength: .vectorLength,
    ]

    @Test(arguments: MockEmbedder.Fault.allCases)
    func `a wrong response has the code of its fault`(fault: MockEmbedder.Fault) async throws {
        let embedder = MockEmbedder(fault: { _ in fault })
        let vectors = try await embedder.embed(["one", "two"])
        let failure = #expect(throws: JobFailure.self) {
            try EmbedderCheck(space: embedder.space).validate(vectors, count: 2)
        }
        #expect(failure?.code == Self.codes[fault].map(FailureCode.embedder))
        #expect(failure?.class == .transient())
    }

    @Test func `a correct response passes`() async throws {
        let embedder = MockEmbedder()
        let vectors = try await embedder.embed(["one", "two", "one"])
        try EmbedderCheck(space: embedder.space).validate(vectors, count: 3)
        #expect(vectors[0] == vectors[2])
        #expect(vectors[0] != vectors[1])
    }

    @Test func `numbers past the width of the space are refused`() async throws {
        let vectors = try await MockEmbedder().embed(["one"])
        let narrow = EmbeddingSpace(model: "mock", version: "1", width: 63)
        let failure = #expect(throws: JobFailure.self) {
            try EmbedderCheck(space: narrow).validate(vectors, count: 1)
        }
        #expect(failure?.code == .embedder(.vectorPadding))
    }
}
