// LlamaParse: parses documents with LlamaIndex's service.
//
// Invariants: the id of a remote job is stored on the job's row before its result is requested, so
// that a worker that resumes the job does not pay again; a result with failed pages is never
// reported as complete; errors contain no document content and no key.
// Neighbours: implements the port `Pipeline.DocumentParser`; mock-services implements the server
// side.
// Source: https://developers.llamaindex.ai, and the official SDK llama-cloud 2.19.

package import AsyncHTTPClient
package import Domain
import FoundationEssentials
package import Logging
package import Pipeline
import ProviderHTTP

/// Uploads a document, polls until the service is done, and fetches its Markdown.
package struct LlamaParser: DocumentParser {
    private let api: LlamaParseAPI
    private let configuration: LlamaParseConfiguration
    private let ledger: any CallLedger
    private let budget: (any Budget)?
    private let webhooks: (any ParseWebhooks)?
    private let timing: Timing
    private let logger: Logger

    package init(
        _ configuration: LlamaParseConfiguration, ledger: any CallLedger, budget: (any Budget)?,
        webhooks: (any ParseWebhooks)?, http: HTTPClient = ProviderClient.shared,
        timing: Timing = .machine,
        logger: Logger
    ) {
        api = LlamaParseAPI(configuration, http: http)
        self.configuration = configuration
        self.ledger = ledger
        self.budget = budget
        self.webhooks = webhooks
        self.timing = timing
        self.logger = logger
    }

    private static let provider = "llamaparse"

    package func parse(_ source: SourceDocument) async throws(JobFailure) -> ParsedDocument {
        let ticket: Ticket
        if let text = try await source.tickets.ticket(of: Self.provider), let kept = Ticket(text),
            kept.model == "\(configuration.model)"
        {
            ticket = kept
        } else {
            // Only uploads are checked against the budget: a stored ticket is already paid for.
            try await budget?.check(source.subject.tenant)
            ticket = try await upload(source)
        }
        do throws(JobFailure) {
            let result = try await result(of: ticket, source)
            await settle(ticket, source, failure: nil, pages: result.pages.count)
            return try await document(result, source)
        } catch {
            // This remote job will never have a result, so its ticket is removed.
            if error.endsRemoteJob {
                await settle(ticket, source, failure: error.code, pages: nil)
                try await source.tickets.store(nil, of: Self.provider)
            }
            throw error
        }
    }

    // MARK: Upload

    /// Records the call in the ledger before the upload, and stores the remote job's id on the
    /// row before polling.
    private func upload(_ source: SourceDocument) async throws(JobFailure) -> Ticket {
        let call = call(UUID(), source)
        try await ledger.begin(call)
        let begun = timing.now()
        let job: String
        do throws(JobFailure) {
            job = try await api.upload(source)
        } catch {
            await end(
                call,
                CallOutcome(failure: error.code, duration: begun.age(timing), requestID: nil))
            throw error
        }
        let ticket = Ticket(job: job, call: call.id, model: "\(configuration.model)")
        do throws(JobFailure) {
            try await source.tickets.store(ticket.text, of: Self.provider)
        } catch {
            // The upload has succeeded and is billed.
            await end(call, CallOutcome(failure: error.code, duration: nil, requestID: job))
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
                    bytes: source.byteCount)
            ])
    }

    private func settle(
        _ ticket: Ticket, _ source: SourceDocument, failure: FailureCode?, pages: Int?
    ) async {
        await end(
            call(ticket.call, source),
            CallOutcome(
                failure: failure, units: pages.map { max(1, $0) }, duration: nil,
                requestID: ticket.job))
    }

    private func end(_ call: ProviderCall, _ outcome: CallOutcome) async {
        do {
            try await ledger.end(call, outcome)
        } catch {
            logger.warning(
                "cannot record the end of a provider call",
                metadata: ["call": "\(call.id)", "error": "\(error)"])
        }
    }

    // MARK: Result

    /// Polls with growing pauses until the service is done or the deadline is over. Tolerates
    /// several failed polls in a row, because the result is paid for and will become available.
    private func result(
        of ticket: Ticket, _ source: SourceDocument
    ) async throws(JobFailure) -> LlamaParseAPI.Result {
        let end = timing.now() + configuration.deadline
        var pause = configuration.firstPoll
        var failures = 0
        var hasEnded = false
        while true {
            do throws(JobFailure) {
                if let result = try await api.result(of: ticket.job) { return result }
                failures = 0
                // The service is still parsing, so the job is making progress.
                source.progress.advance()
            } catch {
                guard let wait = error.retryDelay(after: failures) else { throw error }
                failures += 1
                pause = max(pause, wait)
            }
            guard !Task.isCancelled else {
                throw .transient(.worker(.cancelled), "the parse was cancelled")
            }
            guard timing.now() + pause < end else {
                throw .transient(
                    .parser(.timeout), "LlamaParse did not finish within \(configuration.deadline)")
            }
            // The end of a job is reported once. If the next poll finds it still running, polling
            // continues without waiting for an event.
            if hasEnded || webhooks == nil {
                await timing.sleep(pause)
            } else {
                hasEnded = await waitForEvent(of: ticket, atMost: pause)
            }
            pause = min(pause * 1.5, configuration.longestPoll)
        }
    }

    /// How often to check for an event of the job's end.
    private static let eventCheckInterval = Duration.milliseconds(500)

    /// Waits until an event reports the end of the job, at most for `pause`. Returns whether one
    /// did. An event only triggers the next poll, which returns the actual status.
    private func waitForEvent(of ticket: Ticket, atMost pause: Duration) async -> Bool {
        let end = timing.now() + pause
        while timing.now() < end, !Task.isCancelled {
            // An error is ignored, because the next poll happens on schedule without an event.
            if (try? await webhooks?.hasEnded(ticket.job)) == true { return true }
            await timing.sleep(min(Self.eventCheckInterval, end - timing.now()))
        }
        return false
    }

    private func document(
        _ result: LlamaParseAPI.Result, _ source: SourceDocument
    ) async throws(JobFailure) -> ParsedDocument {
        let read = result.pages.filter { $0.markdown != nil }
        let full = read.first(where: \.isFull)
        let text = read.compactMap { page in page.markdown.map { $0 + "\n\u{0C}" } }
            .joined(separator: "\n")
        if read.count < result.pages.count || full != nil || text.allSatisfy(\.isWhitespace) {
            // Removes the ticket, so that a redrive parses again instead of fetching the same
            // incomplete result.
            try await source.tickets.store(nil, of: Self.provider)
        }
        if let full {
            throw .permanent(
                .document(.pageTruncated),
                "LlamaParse cut off the text of page \(full.number) at its limit of 64 KB per page")
        }
        // A page can fail for a moment, so the document waits for a redrive.
        guard read.count == result.pages.count else {
            throw .permanent(
                .document(.pagesMissing),
                "LlamaParse read only \(read.count) of \(result.pages.count) pages")
        }
        return ParsedDocument(
            markdown: text,
            report: ParseReport(
                parser: "llamaparse/\(configuration.model)", pages: result.pages.count,
                pagesRead: read.count))
    }
}

extension JobFailure {
    /// Maximum consecutive failed polls that are retried.
    private static let failedPollsMax = 5

    /// How long to wait before the next poll; `nil` if polling again is useless.
    fileprivate func retryDelay(after failures: Int) -> Duration? {
        guard failures < Self.failedPollsMax else { return nil }
        return switch (self.class, code) {
        case (.unavailable(let pause), .provider(.rateLimit)): pause
        case (.transient(let after), .provider(.error)),
            (.transient(let after), .provider(.unreachable)):
            after ?? .zero
        default: nil
        }
    }

    /// Whether the remote job will never have a result.
    fileprivate var endsRemoteJob: Bool {
        switch code {
        case .document(.parseTicketUnknown), .document(.parserFailed), .document(.parserCancelled):
            true
        default: false
        }
    }
}

extension Duration {
    fileprivate func age(_ timing: Timing) -> Duration { timing.now() - self }
}
