// LlamaParse: documents parsed by LlamaIndex's service.
//
// Invariants: the id of a remote job is on the job's row before its result is asked for, so that
// whoever goes on with the job does not pay again; a result with failed pages is never taken for a
// whole one; no byte of a document and no key stands in an error.
// Neighbours: implements the port `Pipeline.DocumentParser`; mock-services speaks the other side.
// Source: https://developers.llamaindex.ai, and the official SDK llama-cloud 2.19.

package import AsyncHTTPClient
package import Domain
import FoundationEssentials
package import Logging
package import Pipeline
import ProviderHTTP

/// Uploads a document, waits for the service, fetches its Markdown.
package struct LlamaParser: DocumentParser {
    private let api: LlamaParseAPI
    private let configuration: LlamaParseConfiguration
    private let ledger: any CallLedger
    private let budget: (any Budget)?
    private let notices: (any ParseNotices)?
    private let surroundings: Surroundings
    private let logger: Logger

    package init(
        _ configuration: LlamaParseConfiguration, ledger: any CallLedger, budget: (any Budget)?,
        notices: (any ParseNotices)?, http: HTTPClient = ProviderClient.shared,
        surroundings: Surroundings = .machine,
        logger: Logger
    ) {
        api = LlamaParseAPI(configuration, http: http)
        self.configuration = configuration
        self.ledger = ledger
        self.budget = budget
        self.notices = notices
        self.surroundings = surroundings
        self.logger = logger
    }

    private static let provider = "llamaparse"

    package var address: String { configuration.baseURL }

    package func parse(_ source: SourceDocument) async throws(StageFailure) -> ParsedDocument {
        let ticket: Ticket
        if let text = try await source.tickets.ticket(of: Self.provider), let kept = Ticket(text),
            kept.model == "\(configuration.model)"
        {
            ticket = kept
        } else {
            // What has been uploaded is paid for, and is fetched whatever has been spent since.
            try await budget?.check(source.subject.user)
            ticket = try await upload(source)
        }
        do throws(StageFailure) {
            let result = try await result(of: ticket, source)
            await settle(ticket, source, "ok", pages: result.pages.count)
            return try await document(result, source)
        } catch {
            // A result that was not to be had is not asked for again.
            if case .gone = Ending(error) {
                await settle(ticket, source, error.code, pages: nil)
                try await source.tickets.keep(nil, of: Self.provider)
            }
            throw error
        }
    }

    // MARK: Upload

    /// The call is in the ledger before it is made, and its id on the row before it is waited for.
    private func upload(_ source: SourceDocument) async throws(StageFailure) -> Ticket {
        let call = call(UUID(), source)
        try await ledger.begin(call)
        let begun = surroundings.now()
        let job: String
        do throws(StageFailure) {
            job = try await api.upload(source)
        } catch {
            await end(
                call,
                CallOutcome(code: error.code, duration: begun.age(surroundings), requestID: nil))
            throw error
        }
        let ticket = Ticket(job: job, call: call.id, model: "\(configuration.model)")
        do throws(StageFailure) {
            try await source.tickets.keep(ticket.text, of: Self.provider)
        } catch {
            // It is paid for all the same.
            await end(call, CallOutcome(code: error.code, duration: nil, requestID: job))
            throw error
        }
        source.progress.advance()
        return ticket
    }

    private func call(_ id: UUID, _ source: SourceDocument) -> ProviderCall {
        ProviderCall(
            id: id, provider: configuration.baseURL, model: "\(configuration.model)",
            shares: [
                ProviderCall.Share(
                    operation: .parse, subject: source.subject, units: 1,
                    bytes: source.bytesLength)
            ])
    }

    private func settle(
        _ ticket: Ticket, _ source: SourceDocument, _ code: String, pages: Int?
    ) async {
        await end(
            call(ticket.call, source),
            CallOutcome(
                code: code, units: pages.map { max(1, $0) }, duration: nil, requestID: ticket.job))
    }

    private func end(_ call: ProviderCall, _ outcome: CallOutcome) async {
        do {
            try await ledger.end(call, outcome)
        } catch {
            logger.warning(
                "end of a call not recorded",
                metadata: ["call": "\(call.id)", "error": "\(error)"])
        }
    }

    // MARK: Result

    /// Polls with growing pauses until the service is done or the deadline over. A look that fails
    /// is not the end: the result is paid for and will be there.
    private func result(
        of ticket: Ticket, _ source: SourceDocument
    ) async throws(StageFailure) -> LlamaParseAPI.Result {
        let end = surroundings.now() + configuration.deadline
        var pause = configuration.firstPoll
        var failures = 0
        var isTold = false
        while true {
            do throws(StageFailure) {
                if let result = try await api.result(of: ticket.job) { return result }
                failures = 0
                // It is at work there: the work here is not standing still.
                source.progress.advance()
            } catch {
                guard let wait = error.patience(after: failures) else { throw error }
                failures += 1
                pause = max(pause, wait)
            }
            guard !Task.isCancelled else {
                throw .transient("cancelled", "the parse was cancelled")
            }
            guard surroundings.now() + pause < end else {
                throw .transient(
                    "parser_timeout", "LlamaParse was not done within \(configuration.deadline)")
            }
            // It is told of once; if the next look finds it at work all the same, looks go on.
            if isTold || notices == nil {
                await surroundings.sleep(pause)
            } else {
                isTold = await listen(pause, for: ticket)
            }
            pause = min(pause * 1.5, configuration.longestPoll)
        }
    }

    /// How often to look whether the service has told of a job.
    private static let listening = Duration.milliseconds(500)

    /// Waits, but no longer than until the service tells of the job's end. That is no more than a
    /// hint: the next look says how the job is.
    private func listen(_ pause: Duration, for ticket: Ticket) async -> Bool {
        let end = surroundings.now() + pause
        while surroundings.now() < end, !Task.isCancelled {
            // Whatever is wrong with listening, the look comes in its time.
            if (try? await notices?.isTold(of: ticket.job)) == true { return true }
            await surroundings.sleep(min(Self.listening, end - surroundings.now()))
        }
        return false
    }

    private func document(
        _ result: LlamaParseAPI.Result, _ source: SourceDocument
    ) async throws(StageFailure) -> ParsedDocument {
        let read = result.pages.filter { $0.markdown != nil }
        let full = read.first(where: \.isFull)
        let text = read.compactMap(\.markdown).joined(separator: "\n\u{0C}\n")
        if read.count < result.pages.count || full != nil || text.allSatisfy(\.isWhitespace) {
            // A redrive shall have another try, not the same half of a result.
            try await source.tickets.keep(nil, of: Self.provider)
        }
        if let full {
            throw .permanent(
                "page_truncated",
                "page \(full.number) has 64 KB of text, beyond which LlamaParse reads nothing")
        }
        return ParsedDocument(
            markdown: text, pagesInSource: result.pages.count, pagesRead: read.count,
            parser: "llamaparse/\(configuration.model)")
    }
}

extension StageFailure {
    /// Looks for a result that may fail in a row.
    private static let looksMax = 5

    /// How long to wait before looking again; `nil` when looking again is of no use.
    fileprivate func patience(after failures: Int) -> Duration? {
        guard failures < Self.looksMax else { return nil }
        return switch (self.class, code) {
        case (.unavailable(let pause), "provider_rate_limit"): pause
        case (.transient(let after), "provider_error"),
            (.transient(let after), "provider_unreachable"):
            after ?? .zero
        default: nil
        }
    }
}

/// A remote job, the ledger's name for the call that began it, and how it was asked to parse.
struct Ticket: Equatable {
    var job: String
    var call: UUID
    var model: String

    init(job: String, call: UUID, model: String) {
        self.job = job
        self.call = call
        self.model = model
    }

    init?(_ text: String) {
        let words = text.split(separator: " ", maxSplits: 2)
        guard words.count == 3, let call = UUID(uuidString: String(words[1])) else { return nil }
        self.init(job: String(words[0]), call: call, model: String(words[2]))
    }

    var text: String { "\(job) \(call.uuidString.lowercased()) \(model)" }
}

/// Whether a remote job is lost with a failure, or may still give its result.
private enum Ending {
    case gone, pending

    init(_ failure: StageFailure) {
        let ends: Set = ["parse_ticket_unknown", "parser_failed", "parser_cancelled"]
        self = ends.contains(failure.code) ? .gone : .pending
    }
}

extension Duration {
    fileprivate func age(_ surroundings: Surroundings) -> Duration { surroundings.now() - self }
}
