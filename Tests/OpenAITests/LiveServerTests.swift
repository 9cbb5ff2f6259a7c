import Domain
import Foundation
import Logging
import OpenAI
import Pipeline
import ProviderHTTP
import TestSupport
import Testing

private func liveServer(_ name: String) -> String? {
    ProcessInfo.processInfo.environment["MILLRACE_TEST_EMBEDDINGS_\(name)"]
}

/// The embedder against a third-party server, which scripts/embeddings-conformance selects.
@Suite(.enabled(if: liveServer("URL") != nil), .timeLimit(.minutes(5)), .serialized)
struct LiveServerTests {
    private func embedder(width: Int? = nil) throws -> OpenAIEmbedder {
        let model = try #require(liveServer("MODEL"))
        let told = try #require(liveServer("WIDTH").flatMap { Int($0) })
        return OpenAIEmbedder(
            OpenAIConfiguration(
                baseURL: try #require(liveServer("URL")), key: liveServer("KEY").map { APIKey($0) },
                model: model,
                space: EmbeddingSpace(model: model, version: "1", width: width ?? told),
                dimensions: nil, inputsMax: 32, timeout: .seconds(120), linger: .milliseconds(5)),
            ledger: NoLedger(), logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    }

    private static func cosine(_ a: [Float], _ b: [Float]) -> Float {
        func dot(_ a: [Float], _ b: [Float]) -> Float { zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }
        return dot(a, b) / (dot(a, a) * dot(b, b)).squareRoot()
    }

    @Test func `a text has the same vector alone and in a batch`() async throws {
        let embedder = try embedder()
        let texts = (0..<96).map {
            "Berth \($0): \(["tide", "Grüße", "潮汐", "🌊"][$0 % 4]) at \($0 * 7)."
        }
        let batches = stride(from: 0, to: 96, by: 32).map { Array(texts[$0..<$0 + 32]) }
        let vectors = try await withThrowingTaskGroup(of: (Int, [[Float]]).self) { group in
            for (index, batch) in batches.enumerated() {
                group.addTask { (index, try await embedder.embed(batch)) }
            }
            return try await group.reduce(into: []) { $0.append($1) }
                .sorted { $0.0 < $1.0 }.flatMap(\.1)
        }
        #expect(vectors.count == 96)
        for index in [0, 31, 32, 63, 95] {
            let alone = try await embedder.embed([texts[index]])[0]
            #expect(Self.cosine(alone, vectors[index]) > 0.9999)
            #expect(Self.cosine(alone, vectors[(index + 1) % 96]) < 0.9999)
        }
    }

    @Test func `a text that is too long fails alone unless the server truncates it`()
        async throws
    {
        let embedder = try embedder()
        let long = String(repeating: "harbour ", count: 5000)
        async let short = embedder.embed(["the tide turns", "at dusk"])
        do throws(JobFailure) {
            _ = try await embedder.embed([long])
            print("the server cuts what is too long")
        } catch {
            #expect(error.code == .embedder(.inputTooLong))
            #expect(error.class == .permanent)
            #expect(!error.message.contains("harbour"))
        }
        #expect(try await short.count == 2)
    }

    @Test func `a model of another width than configured is refused`() async throws {
        let embedder = try embedder(width: 1000)
        let failure = await #expect(throws: JobFailure.self) {
            try await embedder.embed(["a"])
        }
        #expect(failure?.code == .embedder(.vectorWidth))
    }
}
