import AsyncHTTPClient
import Domain
import Hummingbird
import HummingbirdTesting
import JobStorePostgres
import Logging
import MockServices
import NIOCore
import OpenAI
import Operating
import OperationsPostgres
import Pipeline
import ProviderHTTP
import TestSupport
import Testing

/// The embedder over a socket, against a mock server that injects every kind of fault.
@Suite(.timeLimit(.minutes(5))) struct OpenAIEmbedderTests {
    private static let silent = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    private func withEmbedder(
        _ plan: String = "", model: String = "text-embedding-3-small", key: String? = nil,
        timeout: Duration = .seconds(60), turnWaitMax: Duration = .seconds(30),
        ledger: any CallLedger = NoLedger(),
        _ body: @Sendable (OpenAIEmbedder, MockState) async throws -> Void
    ) async throws {
        let state = MockState(plan: try FaultPlan(plan))
        let services = MockServices(state: state, key: "right")
        try await Application(router: services.router, logger: Self.silent).test(.live) { client in
            let known = OpenAIModel.named(model)
            let embedder = OpenAIEmbedder(
                OpenAIConfiguration(
                    baseURL: "http://127.0.0.1:\(client.port!)/v1/", key: APIKey(key ?? "right"),
                    model: model,
                    space: EmbeddingSpace(model: model, version: "1", width: known?.width ?? 1536),
                    dimensions: known?.dimensions, timeout: timeout, linger: .zero,
                    turnWaitMax: turnWaitMax), ledger: ledger, logger: Self.silent)
            try await body(embedder, state)
        }
    }

    @Test(arguments: ["text-embedding-3-small", "text-embedding-3-large", "text-embedding-ada-002"])
    func `each text gets its own unit vector, in order`(model: String) async throws {
        try await withEmbedder(model: model) { embedder, state in
            let texts = ["the moon lifts the sea", "bread rises", "the moon lifts the sea"]
            let vectors = try await embedder.embed(texts)
            #expect(vectors.map(\.count) == [1536, 1536, 1536])
            #expect(vectors[0] == vectors[2])
            #expect(vectors[0] != vectors[1])
            let length = vectors[1].reduce(0) { $0 + $1 * $1 }
            #expect(abs(length - 1) < 1e-4)
            #expect(state.counts(of: "embeddings").units == 3)
        }
    }

    @Test func `the embedder of the API conforms`() async throws {
        try await withEmbedder { embedder, _ in try await EmbedderConformance.check(embedder) }
    }

    @Test func `a probe is free of charge`() async throws {
        try await withEmbedder("server_error=1") { embedder, state in
            try await embedder.probe()
            #expect(state.counts(of: "embeddings").calls == 0)
        }
        // A key may be valid for embeddings only. Any HTTP response counts as reachable.
        try await withEmbedder(key: "wrong") { embedder, _ in try await embedder.probe() }
    }

    @Test func `a batch of a thousand texts from many jobs needs few requests`() async throws {
        try await withEmbedder { embedder, state in
            try await withThrowingTaskGroup { group in
                for job in 0..<10 {
                    group.addTask {
                        let texts = (0..<100).map { "job \(job) text \($0)" }
                        let vectors = try await embedder.embed(texts)
                        let alone = try await embedder.embed([texts[99]])
                        #expect(vectors[99] == alone[0])
                    }
                }
                try await group.waitForAll()
            }
            #expect(state.counts(of: "embeddings").units == 1010)
            #expect(state.counts(of: "embeddings").calls < 20)
        }
    }

    @Test(arguments: [
        ("server_error", "provider_error"), ("overloaded", "provider_error"),
        ("reset", "provider_unreachable"), ("garbage", "provider_answer_unreadable"),
        ("short", "embedding_count"), ("repeated_index", "embedding_index"),
        ("wrong_width", "embedding_width"), ("not_a_number", "embedding_not_finite"),
        ("zeros", "embedding_zero"),
    ])
    func `a fault of the server has its code and is retried`(
        fault: String, code: String
    ) async throws {
        try await withEmbedder("\(fault)=1") { embedder, _ in
            let failure = await #expect(throws: JobFailure.self) {
                try await embedder.embed(["a", "b"])
            }
            #expect(failure?.code.rawValue == code)
            guard case .transient = failure?.class else {
                Issue.record("\(String(describing: failure))")
                return
            }
        }
    }

    @Test func `vectors are ordered by their index`() async throws {
        try await withEmbedder("reordered=1") { embedder, state in
            let mixed = try await embedder.embed(["one", "two", "three"])
            state.plan(FaultPlan())
            #expect(try await embedder.embed(["one", "two", "three"]) == mixed)
        }
    }

    @Test(arguments: ["hang", "stall"])
    func `a response that is missing or does not end times out`(
        fault: String
    ) async throws {
        try await withEmbedder("\(fault)=1", timeout: .milliseconds(200)) { embedder, _ in
            let failure = await #expect(throws: JobFailure.self) {
                try await embedder.embed(["a"])
            }
            #expect(failure?.code == .provider(.unreachable))
        }
    }

    @Test func `a short rate limit is waited for`() async throws {
        try await withEmbedder("rate_limit=1") { embedder, state in
            async let waiting = embedder.embed(["a"])
            while state.counts(of: "embeddings").calls < 2 {
                try await Task.sleep(for: .milliseconds(5))
            }
            state.plan(FaultPlan())
            let vectors = try await waiting
            #expect(vectors.count == 1)
        }
    }

    @Test func `a rate-limited request is not sent again once its caller is cancelled`()
        async throws
    {
        try await withEmbedder("rate_limit=1") { embedder, state in
            let gone = Task { try await embedder.embed(["a"]) }
            while state.counts(of: "embeddings").calls < 1 {
                try await Task.sleep(for: .milliseconds(5))
            }
            gone.cancel()
            await #expect(throws: JobFailure.self) { try await gone.value }
            let calls = state.counts(of: "embeddings").calls
            state.plan(FaultPlan())
            // Sent after the pause that the server requested, which the first request waited for.
            _ = try await embedder.embed(["b"])
            #expect(state.counts(of: "embeddings").calls == calls + 1)
        }
    }

    @Test func `a long rate limit postpones the job without an attempt`() async throws {
        try await withEmbedder("rate_limit=1", turnWaitMax: .milliseconds(120)) { embedder, _ in
            let failure = await #expect(throws: JobFailure.self) {
                try await embedder.embed(["a"])
            }
            #expect(failure?.code == .provider(.rateLimit))
            guard case .unavailable = failure?.class else {
                Issue.record("\(String(describing: failure))")
                return
            }
        }
    }

    @Test func `no credit, a wrong key or an unknown model makes the provider unavailable`()
        async throws
    {
        try await withEmbedder("quota=1") { embedder, _ in
            let failure = await #expect(throws: JobFailure.self) {
                try await embedder.embed(["a"])
            }
            #expect(failure?.class == .unavailable(for: .seconds(300)))
            #expect(failure?.code == .provider(.quota))
        }
        try await withEmbedder(key: "wrong") { embedder, _ in
            let failure = await #expect(throws: JobFailure.self) {
                try await embedder.embed(["a"])
            }
            #expect(failure?.code == .provider(.unauthorized))
            #expect(failure?.message.contains("wrong") == false)
        }
        try await withEmbedder(model: "unknown") { embedder, _ in
            let failure = await #expect(throws: JobFailure.self) {
                try await embedder.embed(["a"])
            }
            #expect(failure?.code == .provider(.notFound))
        }
    }

    @Test func `a text that is too long fails only its own call`() async throws {
        try await withEmbedder { embedder, _ in
            async let good = embedder.embed(["short", "texts"])
            let failure = await #expect(throws: JobFailure.self) {
                try await embedder.embed([String(repeating: "word ", count: 8000)])
            }
            #expect(failure?.code == .embedder(.inputTooLong))
            #expect(failure?.class == .permanent)
            let vectors = try await good
            #expect(vectors.count == 2)
        }
    }

    @Test func `the error of an unreachable server contains no text`() async throws {
        let embedder = OpenAIEmbedder(
            OpenAIConfiguration(
                baseURL: "http://127.0.0.1:1/v1", key: nil, model: "m",
                space: EmbeddingSpace(model: "m", version: "1", width: 8)),
            ledger: NoLedger(), logger: Self.silent)
        let failure = await #expect(throws: JobFailure.self) {
            try await embedder.embed(["secret"])
        }
        #expect(failure?.code == .provider(.unreachable))
        #expect(failure?.message.contains("secret") == false)
    }

    @Test func `every call has a ledger row per job, and the sums equal the server's`()
        async throws
    {
        try await TestDatabase.lend { database in
            try await withEmbedder("short=1", ledger: database.store) { embedder, state in
                let tenant = TenantID()
                _ = try? await embedder.embed(
                    ["paid for nothing"], for: CallSubject(tenant: tenant, document: DocumentID()))
                state.plan(
                    try FaultPlan(
                        "rate_limit=0.1,server_error=0.1,short=0.1,wrong_width=0.1,garbage=0.1"))
                await withDiscardingTaskGroup { group in
                    for job in 0..<40 {
                        group.addTask {
                            let subject = CallSubject(
                                tenant: tenant, document: DocumentID(), job: JobID())
                            let texts = (0..<(job % 7 + 1)).map { "text \($0) of job \(job)" }
                            _ = try? await embedder.embed(texts, for: subject)
                        }
                    }
                }
                let counted = state.counts(of: "embeddings")
                let operations = PostgresOperations(pool: database.pool)
                let sums = try await operations.spend(
                    by: .tenant, of: tenant, within: .seconds(60), limit: 9)
                let sum = try #require(sums.first)
                #expect(sums.count == 1)
                #expect(sum.callCount == counted.calls)
                #expect(sum.failedCallCount == counted.faults.values.reduce(0, +))
                #expect(sum.unknownCallCount == 0)
                #expect(sum.wastedTokens > 0)
                #expect(sum.tokens == counted.tokens)
                let documents = try await operations.spend(
                    by: .document, of: tenant, within: .seconds(60), limit: 99)
                #expect(documents.count == 41)
                #expect(documents.reduce(0) { $0 + $1.tokens } == sum.tokens)
                let today = try await database.store.spentToday(in: .tokens, by: tenant)
                #expect(today.amount == sum.tokens)
                #expect(
                    try await database.store.spentToday(in: .tokens, by: nil).amount == sum.tokens)
                #expect(
                    try await database.store.spentToday(in: .tokens, by: TenantID()).amount == 0)
                #expect((.zero)...(.seconds(86_400)) ~= today.untilTomorrow)
            }
        }
    }

    @Test func `a call that cannot be recorded is not made`() async throws {
        try await withEmbedder(ledger: ClosedLedger()) { embedder, state in
            let failure = await #expect(throws: JobFailure.self) {
                try await embedder.embed(["a"])
            }
            #expect(failure?.code == .database(.unavailable))
            #expect(state.counts(of: "embeddings").calls == 0)
        }
    }

    @Test func `a key appears in no description`() {
        let key = APIKey("sk-very-secret")
        var dumped = ""
        dump(key, to: &dumped)
        let configuration = OpenAIConfiguration(
            baseURL: "http://x", key: key, model: "m",
            space: EmbeddingSpace(model: "m", version: "1", width: 8))
        #expect(!"\(key) \(dumped) \(configuration)".contains("secret"))
    }
}

/// A ledger whose database is unreachable.
private struct ClosedLedger: CallLedger {
    func begin(_ call: ProviderCall) async throws(JobFailure) {
        throw .transient(.database(.unavailable), "no database")
    }
    func end(_ call: ProviderCall, _ outcome: CallOutcome) async throws(JobFailure) {}
}
