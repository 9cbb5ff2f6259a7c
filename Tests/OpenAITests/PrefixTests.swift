import Domain
import Hummingbird
import HummingbirdTesting
import Logging
import MockServices
import Pipeline
import ProgramFrame
import ProviderHTTP
import Synchronization
import TestSupport
import Testing

@testable import OpenAI

/// Prefixes of queries and of texts of documents, for models that were trained with them.
@Suite(.timeLimit(.minutes(5))) struct PrefixTests {
    private static let e5 = EmbeddingPrefixes(query: "query: ", passage: "passage: ")
    private static let silent = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    private final class Ledger: CallLedger {
        let shares = Mutex<[ProviderCall.Share]>([])
        func begin(_ call: ProviderCall) async throws(JobFailure) {
            shares.withLock { $0 += call.shares }
        }
        func end(_ call: ProviderCall, _ outcome: CallOutcome) async throws(JobFailure) {}
    }

    private func withEmbedder(
        _ prefixes: EmbeddingPrefixes, requestTokensMax: Int = 300_000,
        ledger: any CallLedger = NoLedger(),
        _ body: @Sendable (OpenAIEmbedder) async throws -> Void
    ) async throws {
        let services = MockServices(state: MockState(plan: try FaultPlan("")), key: "right")
        try await Application(router: services.router, logger: Self.silent).test(.live) { client in
            try await body(
                OpenAIEmbedder(
                    OpenAIConfiguration(
                        baseURL: "http://127.0.0.1:\(client.port!)/v1", key: APIKey("right"),
                        model: "text-embedding-3-small",
                        space: EmbeddingSpace(model: "m", version: "1", width: 1536),
                        prefixes: prefixes, dimensions: 1536, requestTokensMax: requestTokensMax,
                        linger: .zero), ledger: ledger, logger: Self.silent))
        }
    }

    @Test func `queries and texts of documents have their own prefixes`() async throws {
        let subject = CallSubject(tenant: TenantID())
        try await withEmbedder(EmbeddingPrefixes()) { plain in
            let expected = try await plain.embed(["passage: tide", "query: tide"])
            try await withEmbedder(Self.e5) { embedder in
                #expect(try await embedder.embed(["tide"]) == [expected[0]])
                #expect(try await embedder.embedQuery("tide", for: subject) == expected[1])
                try await EmbedderConformance.check(embedder)
            }
        }
    }

    @Test func `a prefix counts in the ledger and in the size of requests`() async throws {
        let ledger = Ledger()
        // Two texts of four bytes are two tokens, and eight with their prefixes.
        try await withEmbedder(Self.e5, requestTokensMax: 7, ledger: ledger) { embedder in
            let failure = await #expect(throws: JobFailure.self) {
                try await embedder.embed(["tide", "moon"])
            }
            #expect(failure?.code == .embedder(.requestTooLarge))
            _ = try await embedder.embed(["tide"])
            _ = try await embedder.embedQuery("tide", for: CallSubject(tenant: TenantID()))
        }
        #expect(ledger.shares.withLock { $0.map(\.bytes) } == [13, 11])
        try await withEmbedder(EmbeddingPrefixes(), requestTokensMax: 7) { embedder in
            let vectors = try await embedder.embed(["tide", "moon"])
            #expect(vectors.count == 2)
        }
    }

    private func space(_ environment: [String: String]) throws -> EmbeddingSpace {
        let local = ["MILLRACE_OPENAI_BASE_URL": "http://127.0.0.1:1/v1"]
        let settings = try Settings(
            of: OpenAISettings.declared, arguments: [],
            environment: local.merging(environment) { $1 })
        return try OpenAISettings.configurations(settings)[0].space
    }

    @Test func `prefixes are part of the embedding space`() throws {
        let query = ["MILLRACE_OPENAI_QUERY_PREFIX": "query: "]
        let passage = ["MILLRACE_OPENAI_PASSAGE_PREFIX": "query: "]
        let spaces = try [[:], query, passage, query.merging(passage) { $1 }].map(space)
        #expect(Set(spaces).count == 4)
        #expect(spaces[0].version == "1")
        #expect(spaces[1].version == "1-8c23ee72d55ff18b")
        #expect(try space(query) == spaces[1])
    }

    @Test func `a prefix keeps its spaces and has at most 1024 bytes`() throws {
        let settings = try Settings(
            of: OpenAISettings.declared, arguments: ["--openai-base-url", "http://127.0.0.1:1/v1"],
            environment: ["MILLRACE_OPENAI_PASSAGE_PREFIX": "passage: "])
        let prefixes = try OpenAISettings.configurations(settings)[0].prefixes
        #expect(prefixes == EmbeddingPrefixes(passage: "passage: "))
        #expect(throws: SettingsError.self) {
            try space(["MILLRACE_OPENAI_QUERY_PREFIX": String(repeating: "é", count: 513)])
        }
    }
}
