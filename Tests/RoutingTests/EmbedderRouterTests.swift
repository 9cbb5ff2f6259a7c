import Domain
import Logging
import Pipeline
import Routing
import Synchronization
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(5))) struct EmbedderRouterTests {
    /// A provider that a test scripts, and that counts its calls.
    private final class Provider: Sendable {
        let failure = Mutex<JobFailure?>(nil)
        private let count = Mutex(0)
        let space: EmbeddingSpace

        init(_ model: String = "m") { space = EmbeddingSpace(model: model, version: "1", width: 8) }

        var calls: Int { count.withLock { $0 } }
        func fail(_ failure: JobFailure?) { self.failure.withLock { $0 = failure } }

        var embedder: MockEmbedder {
            MockEmbedder(
                space: space,
                beforeCall: { [self] _ throws(JobFailure) in
                    count.withLock { $0 += 1 }
                    if let failure = failure.withLock({ $0 }) { throw failure }
                })
        }
    }

    /// A clock that a test advances.
    private final class Clock: Sendable {
        private let time = Mutex(Duration.zero)
        func pass(_ duration: Duration) { time.withLock { $0 += duration } }
        var timing: Timing {
            Timing(now: { self.time.withLock { $0 } }, sleep: { _ in }, random: { 0.5 })
        }
    }

    private static let silent = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    private static let trouble = JobFailure.transient(.provider(.error), "it broke")

    private func router(_ providers: [Provider], _ clock: Clock) throws -> EmbedderRouter {
        try EmbedderRouter(
            providers.enumerated().map { ("p\($0.offset)", $0.element.embedder) },
            timing: clock.timing, logger: Self.silent)
    }

    @Test func `the preferred provider is called, and the next one only when it fails`()
        async throws
    {
        let (first, second, clock) = (Provider(), Provider(), Clock())
        let router = try router([first, second], clock)
        _ = try await router.embed(["a"])
        #expect([first.calls, second.calls] == [1, 0])
        first.fail(Self.trouble)
        #expect(try await router.embed(["a"]).count == 1)
        #expect([first.calls, second.calls] == [2, 1])
    }

    @Test func `a failing provider is not called for a while, then on trial`() async throws {
        let (first, second, clock) = (Provider(), Provider(), Clock())
        let router = try router([first, second], clock)
        first.fail(Self.trouble)
        for _ in 0..<20 { _ = try await router.embed(["a"]) }
        #expect(first.calls == CircuitBreaker.failuresMax)
        #expect(router.states.map(\.health) == [.open, .closed])
        #expect(router.states[0].reason == "provider_error: it broke")
        first.fail(nil)
        clock.pass(.seconds(5))
        _ = try await router.embed(["a"])
        #expect(router.states.map(\.health) == [.closed, .closed])
        #expect(second.calls == 20)
    }

    @Test func `a permanent failure is not repeated at the next provider`() async throws {
        let (first, second, clock) = (Provider(), Provider(), Clock())
        let router = try router([first, second], clock)
        let refusal = JobFailure.permanent(.embedder(.inputTooLong), "it is")
        first.fail(refusal)
        for _ in 0..<10 {
            await #expect(throws: refusal) { try await router.embed(["a"]) }
        }
        #expect(second.calls == 0)
        #expect(router.states[0].health == .closed)
    }

    @Test func `a failure of the database does not count against the provider`() async throws {
        let (first, second, clock) = (Provider(), Provider(), Clock())
        let router = try router([first, second], clock)
        let trouble = JobFailure.transient(.database(.unavailable), "no database")
        first.fail(trouble)
        for _ in 0..<10 {
            await #expect(throws: trouble) { try await router.embed(["a"]) }
        }
        #expect(router.states[0].health == .closed)
        #expect(second.calls == 0)
    }

    @Test func `without an available provider the job waits, and the attempt does not count`()
        async throws
    {
        let (first, second, clock) = (Provider(), Provider(), Clock())
        let router = try router([first, second], clock)
        first.fail(.unavailable(.provider(.quota), "no credit", for: .seconds(300)))
        second.fail(.unavailable(.provider(.rateLimit), "slow down", for: .seconds(40)))
        _ = try? await router.embed(["a"])
        clock.pass(.seconds(10))
        let failure = await #expect(throws: JobFailure.self) { try await router.embed(["a"]) }
        #expect(failure?.class == .unavailable(for: .seconds(30)))
        #expect(failure?.code == .provider(.unavailable))
        #expect(failure?.message.contains("no credit") == true)
        #expect([first.calls, second.calls] == [1, 1])
    }

    /// A provider whose probe fails exactly when its work does.
    private struct ProbedEmbedder: Embedder, Probeable {
        let provider: Provider

        var space: EmbeddingSpace { provider.space }
        var batchMax: Int { 64 }

        func probe() async throws(JobFailure) {
            if let failure = provider.failure.withLock({ $0 }) { throw failure }
        }

        func embed(
            _ texts: [String], for subject: CallSubject
        ) async throws(JobFailure) -> [[Float]] {
            try await provider.embedder.embed(texts, for: subject)
        }
    }

    private static let absence = JobFailure.transient(.provider(.unreachable), "no answer")

    @Test func `an unreachable provider is detected before a document needs it`() async throws {
        let (provider, clock) = (Provider(), Clock())
        let router = try EmbedderRouter(
            [("p", ProbedEmbedder(provider: provider))], timing: clock.timing,
            logger: Self.silent)
        provider.fail(Self.absence)
        for _ in 0..<CircuitBreaker.failuresMax { await router.probe() }
        #expect(router.states.map(\.health) == [.open])
        #expect(provider.calls == 0)
        // A provider that is back is used before the wait ends; its next call closes the breaker.
        provider.fail(nil)
        await router.probe()
        #expect(router.states.map(\.health) == [.open])
        _ = try await router.embed(["a"])
        #expect(router.states.map(\.health) == [.closed])
    }

    @Test func `responses to probes do not close the breaker of a failing provider`()
        async throws
    {
        let (provider, clock) = (Provider(), Clock())
        let router = try EmbedderRouter(
            [("p", ProbedEmbedder(provider: provider))], timing: clock.timing,
            logger: Self.silent)
        provider.fail(.unavailable(.provider(.quota), "no credit", for: .seconds(300)))
        _ = try? await router.embed(["a"])
        await router.probe()
        provider.fail(nil)
        await router.probe()
        let failure = await #expect(throws: JobFailure.self) { try await router.embed(["a"]) }
        #expect(failure?.code == .provider(.unavailable))
        #expect(provider.calls == 1)
    }

    @Test func `a requested pause applies even when the provider was unreachable in between`()
        async throws
    {
        let (provider, clock) = (Provider(), Clock())
        let router = try EmbedderRouter(
            [("p", ProbedEmbedder(provider: provider))], timing: clock.timing,
            logger: Self.silent)
        provider.fail(.unavailable(.provider(.quota), "no credit", for: .seconds(300)))
        _ = try? await router.embed(["a"])
        provider.fail(Self.absence)
        await router.probe()
        provider.fail(nil)
        await router.probe()
        await #expect(throws: JobFailure.self) { try await router.embed(["a"]) }
        #expect(provider.calls == 1)
    }

    @Test func `errors in responses to probes do not open the breaker`() async throws {
        let (provider, clock) = (Provider(), Clock())
        let router = try EmbedderRouter(
            [("p", ProbedEmbedder(provider: provider))], timing: clock.timing,
            logger: Self.silent)
        for failure in [
            JobFailure.unavailable(.provider(.unauthorized), "no list", for: .seconds(300)),
            .transient(.provider(.error), "500"),
        ] {
            provider.fail(failure)
            for _ in 0..<10 { await router.probe() }
            #expect(router.states.map(\.health) == [.closed])
        }
    }

    @Test func `a fallback outside the embedding space is refused when the program starts`() {
        let error = #expect(throws: RoutingError.self) {
            try router([Provider("a"), Provider("b")], Clock())
        }
        #expect(error?.description.contains("one embedding space") == true)
    }
}
