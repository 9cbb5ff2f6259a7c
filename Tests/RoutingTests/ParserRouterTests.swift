import Domain
import Logging
import Pipeline
import Routing
import Synchronization
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(5))) struct ParserRouterTests {
    /// A parser that a test scripts, and that counts its calls.
    private final class Scripted: DocumentParser {
        let name: String
        let failure = Mutex<JobFailure?>(nil)
        private let count = Mutex(0)

        init(_ name: String) { self.name = name }

        var calls: Int { count.withLock { $0 } }
        func fail(_ failure: JobFailure) { self.failure.withLock { $0 = failure } }

        func parse(_ source: SourceDocument) async throws(JobFailure) -> ParsedDocument {
            count.withLock { $0 += 1 }
            if let failure = failure.withLock({ $0 }) { throw failure }
            return ParsedDocument(markdown: "text", report: ParseReport(parser: name))
        }
    }

    private let service = Scripted("service")
    private let local = Scripted("local")

    private func router(fallsBack: Bool) -> ParserRouter {
        ParserRouter(
            "service", service, for: [.pdf], local: local, fallsBack: fallsBack,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    }

    private func source(_ type: MediaType) -> SourceDocument {
        SourceDocument(
            path: "/nonexistent", mime: type.rawValue, filename: "a", byteCount: 1,
            subject: CallSubject(tenant: TenantID()), progress: Progress(), tickets: NoTickets())
    }

    @Test func `the service parses its types, the local parser all others`() async throws {
        let router = router(fallsBack: true)
        #expect(try await router.parse(source(.pdf)).report.parser == "service")
        #expect(try await router.parse(source(.markdown)).report.parser == "local")
    }

    @Test func `documents are parsed locally while the service fails, where that is allowed`()
        async throws
    {
        service.fail(.unavailable(.provider(.quota), "no credits", for: .seconds(300)))
        let router = router(fallsBack: true)
        for _ in 0..<3 { #expect(try await router.parse(source(.pdf)).report.parser == "local") }
        #expect(service.calls == 1)
        #expect(router.states.map(\.health) == [.open])
    }

    @Test func `without a fallback documents wait, and the attempt does not count`() async throws {
        service.fail(.unavailable(.provider(.quota), "no credits", for: .seconds(300)))
        let router = router(fallsBack: false)
        for code in ["provider_quota", "provider_unavailable"] {
            let failure = await #expect(throws: JobFailure.self) {
                try await router.parse(source(.pdf))
            }
            #expect(failure?.code.rawValue == code)
            guard case .unavailable = failure?.class else {
                Issue.record("\(String(describing: failure))")
                return
            }
        }
        #expect(local.calls == 0)
    }

    @Test func `a document that the service refuses is not parsed locally`() async throws {
        service.fail(.permanent(.document(.malformed), "it is"))
        let router = router(fallsBack: true)
        let failure = await #expect(throws: JobFailure.self) {
            try await router.parse(source(.pdf))
        }
        #expect(failure?.code == .document(.malformed))
        #expect(local.calls == 0)
    }
}
