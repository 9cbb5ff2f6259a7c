import Domain
import Foundation
import Hummingbird
import HummingbirdTesting
import JobStorePostgres
import LlamaParse
import Logging
import MockServices
import Operating
import OperationsPostgres
import Pipeline
import ProviderHTTP
import Synchronization
import TestSupport
import Testing

/// The parser over a socket, against a mock service that injects every kind of fault.
@Suite(.timeLimit(.minutes(5))) struct LlamaParserTests {
    private static let silent = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    /// Stores tickets as a job's row does.
    private final class Tickets: ParseTickets {
        private let kept = Mutex<[String: String]>([:])
        private let refuses = Mutex(false)

        var all: [String] { kept.withLock { Array($0.values) } }
        func refuse() { refuses.withLock { $0 = true } }

        func ticket(of provider: String) async throws(JobFailure) -> String? {
            kept.withLock { $0[provider] }
        }

        func store(_ ticket: String?, of provider: String) async throws(JobFailure) {
            if refuses.withLock({ $0 }) { throw .leaseLost(JobID()) }
            kept.withLock { $0[provider] = ticket }
        }
    }

    private struct Desk {
        let parser: LlamaParser
        let address: String
        let state: MockState
        let tickets = Tickets()
        let subject = CallSubject(tenant: TenantID(), document: DocumentID(), job: JobID())

        func parse(_ text: String, mime: Domain.MediaType = .pdf) async throws(JobFailure)
            -> ParsedDocument
        {
            let path = NSTemporaryDirectory() + "millrace-llamaparse-\(UUID().uuidString)"
            guard FileManager.default.createFile(atPath: path, contents: Data(text.utf8)) else {
                throw .permanent(.machine(.notEncodable), "no file can be made at \(path)")
            }
            defer { unlink(path) }
            return try await parser.parse(
                SourceDocument(
                    path: path, mime: mime.rawValue, filename: "secret name.pdf",
                    byteCount: text.utf8.count, subject: subject, progress: Progress(),
                    tickets: tickets))
        }
    }

    private func withDesk(
        _ plan: String = "", key: String = "right", timeout: Duration = .seconds(10),
        deadline: Duration = .seconds(30), ledger: any CallLedger = NoLedger(),
        budget: (any Budget)? = nil, webhooks: (any ParseWebhooks)? = nil,
        model: LlamaParseConfiguration.Model = .v2(tier: "cost_effective", version: "2026-09-28"),
        webhook: LlamaParseConfiguration.Webhook? = nil, firstPoll: Duration = .milliseconds(5),
        _ body: @Sendable (Desk) async throws -> Void
    ) async throws {
        let state = MockState(plan: try FaultPlan(plan))
        let services = MockServices(state: state, key: "right")
        try await Application(router: services.router, logger: Self.silent).test(.live) { client in
            let address = "http://127.0.0.1:\(client.port!)"
            let parser = LlamaParser(
                LlamaParseConfiguration(
                    baseURL: address, key: APIKey(key), model: model,
                    webhook: webhook, timeout: timeout, deadline: deadline, firstPoll: firstPoll),
                ledger: ledger, budget: budget, webhooks: webhooks, logger: Self.silent)
            try await body(Desk(parser: parser, address: address, state: state))
        }
    }

    private func failure(_ desk: Desk) async -> JobFailure? {
        await #expect(throws: JobFailure.self) { try await desk.parse("# One\u{0C}# Two") }
    }

    @Test func `a document is returned page by page, with the name of its parser`() async throws {
        try await withDesk { desk in
            let parsed = try await desk.parse("# One\u{0C}# Two\u{0C}# Three")
            #expect(parsed.markdown == "# One\n\u{0C}\n# Two\n\u{0C}\n# Three\n\u{0C}")
            #expect((parsed.report.pages, parsed.report.pagesRead) == (3, 3))
            #expect(parsed.report.parser == "llamaparse/cost_effective@2026-09-28")
            #expect(desk.tickets.all.count == 1)
        }
    }

    @Test func `version 1 of the API parses documents in the same way`() async throws {
        try await withDesk("reordered=1", model: .v1(mode: "parse_page_with_llm")) { desk in
            let parsed = try await desk.parse("# One\u{0C}# Two")
            #expect(parsed.markdown == "# One\n\u{0C}\n# Two\n\u{0C}")
            #expect(parsed.report.parser == "llamaparse/v1:parse_page_with_llm")
        }
        try await withDesk("short=1", model: .v1(mode: "m")) { desk in
            await #expect(throws: JobFailure.self) { try await desk.parse("a\u{0C}b") }
        }
    }

    @Test func `pages that arrive out of order are sorted`() async throws {
        try await withDesk("reordered=1") { desk in
            let parsed = try await desk.parse("a\u{0C}b")
            #expect(parsed.markdown == "a\n\u{0C}\nb\n\u{0C}")
        }
    }

    @Test func `a worker that resumes a job uploads nothing, even over budget`()
        async throws
    {
        try await withDesk(deadline: .zero) { desk in
            #expect(await failure(desk)?.code == .parser(.timeout))
            #expect(desk.state.counts(of: "parse").calls == 1)
            let resumed = try await withResumed(desk)
            #expect(resumed.markdown == "# One\n\u{0C}\n# Two\n\u{0C}")
            #expect(desk.state.counts(of: "parse").calls == 1)
        }
    }

    /// Resumes the job as another process with more time.
    private func withResumed(_ desk: Desk) async throws -> ParsedDocument {
        let patient = LlamaParser(
            LlamaParseConfiguration(
                baseURL: desk.address, key: APIKey("right"), firstPoll: .milliseconds(5)),
            ledger: NoLedger(), budget: SpentBudget(), webhooks: nil, logger: Self.silent)
        return try await patient.parse(
            SourceDocument(
                path: "/nonexistent", mime: Domain.MediaType.pdf.rawValue, filename: "a.pdf",
                byteCount: 1, subject: desk.subject, progress: Progress(),
                tickets: desk.tickets))
    }

    /// A budget that is already spent.
    private struct SpentBudget: Budget {
        func check(_ tenant: TenantID) async throws(JobFailure) {
            throw .unavailable(.budget(.spent), "test")
        }
    }

    @Test func `nothing is uploaded over budget`() async throws {
        try await withDesk(budget: SpentBudget()) { desk in
            #expect(await failure(desk)?.code == .budget(.spent))
            #expect(desk.state.counts(of: "parse").calls == 0)
        }
    }

    @Test func `a page that failed fails the document, and a redrive parses again`() async throws {
        try await withDesk("short=1") { desk in
            #expect(await failure(desk)?.code == .document(.pagesMissing))
            #expect(desk.tickets.all.isEmpty)
        }
    }

    @Test func `a page of 64 KB is reported as cut off`() async throws {
        try await withDesk { desk in
            let text = String(repeating: "many words ", count: 6000)
            let failure = await #expect(throws: JobFailure.self) { try await desk.parse(text) }
            #expect(failure?.code == .document(.pageTruncated))
            #expect(failure?.class == .permanent)
        }
    }

    @Test(
        arguments: [
            ("server_error", "provider_error"), ("overloaded", "provider_error"),
            ("reset", "provider_unreachable"), ("garbage", "provider_answer_unreadable"),
            ("repeated_index", "parser_failed"),
        ], [LlamaParseConfiguration.Model.v1(mode: "m"), .v2(tier: "agentic", version: "x")])
    func `a fault of the service has its code and is retried`(
        fault: (name: String, code: String), model: LlamaParseConfiguration.Model
    ) async throws {
        try await withDesk("\(fault.name)=1", model: model) { desk in
            let failure = await failure(desk)
            #expect(failure?.code.rawValue == fault.code)
            guard case .transient = failure?.class else {
                Issue.record("\(String(describing: failure))")
                return
            }
            // No ticket is left, since none could give a result.
            #expect(desk.tickets.all.isEmpty)
        }
    }

    @Test(arguments: [
        ("quota", "provider_quota", Duration.seconds(300)),
        ("rate_limit", "provider_rate_limit", .seconds(10)),
    ])
    func `a failure that the job did not cause does not count as an attempt`(
        fault: String, code: String, pause: Duration
    ) async throws {
        try await withDesk("\(fault)=1") { desk in
            let failure = await failure(desk)
            #expect(failure?.code.rawValue == code)
            #expect(failure?.class == .unavailable(for: pause))
        }
    }

    @Test func `errors about the key or the network contain no text of the document`()
        async throws
    {
        try await withDesk(key: "wrong") { desk in
            let failure = await failure(desk)
            #expect(failure?.code == .provider(.unauthorized))
            #expect(failure.map { "\($0)".contains("secret") } == false)
        }
        try await withDesk("hang=1", timeout: .milliseconds(200)) { desk in
            #expect(await failure(desk)?.code == .provider(.unreachable))
        }
    }

    @Test func `a job that the service no longer has is uploaded again`() async throws {
        try await withDesk { desk in
            let gone = "pjb-gone \(UUID().uuidString) cost_effective@2026-09-28"
            try await desk.tickets.store(gone, of: "llamaparse")
            #expect(await failure(desk)?.code == .document(.parseTicketUnknown))
            let parsed = try await desk.parse("a")
            #expect(parsed.markdown == "a\n\u{0C}")
        }
    }

    @Test func `a claim that is lost after the upload stores no ticket`() async throws {
        try await withDesk { desk in
            desk.tickets.refuse()
            #expect(await failure(desk)?.class == .leaseLost)
        }
    }

    @Test
    func
        `each upload has a ledger row with its pages, also when another worker fetches the result`()
        async throws
    {
        try await TestDatabase.lend { database in
            try await withDesk(ledger: database.store) { desk in
                _ = try await desk.parse("a\u{0C}b\u{0C}c")
                let sums = try await PostgresOperations(pool: database.pool).spend(
                    by: .document, of: desk.subject.tenant, within: .seconds(60), limit: 9)
                #expect(sums.map(\.unitCount) == [3])
                #expect(sums.map(\.callCount) == [1])
                #expect(sums.map(\.failedCallCount) == [0])
                #expect(desk.state.counts(of: "parse").units == 3)
            }
        }
    }

    @Test func `parse tickets are stored in the job's row and fenced by its claim`() async throws {
        try await TestDatabase.lend { database in
            let job = try await database.seedJob()
            let claim = try await database.claim([job])[0].claim
            let store = database.store
            #expect(try await store.parseTicket(claim, of: "llamaparse") == nil)
            try await store.storeParseTicket(claim, "pjb-1", of: "llamaparse")
            #expect(try await store.parseTicket(claim, of: "llamaparse") == "pjb-1")
            try await store.storeParseTicket(claim, nil, of: "llamaparse")
            #expect(try await store.parseTicket(claim, of: "llamaparse") == nil)
            let other = Claim(job: job, token: ClaimID())
            let failure = await #expect(throws: JobFailure.self) {
                try await store.storeParseTicket(other, "pjb-2", of: "llamaparse")
            }
            #expect(failure?.class == .leaseLost)
        }
    }
}
