import Domain
import FoundationEssentials
import HTTPTypes
import Hummingbird
import NIOCore
import Synchronization

/// Implements LlamaParse's uploads and results, in versions 1 and 2 of its API.
///
/// A document's pages are its text between form feeds. A file that is not text becomes one page
/// with its length and hash. A job is pending at the first request, running at the second, then
/// done. A job with a webhook is running at the first request, and the webhook is notified at once.
///
/// - Source: the official SDKs, llama-cloud 2.19 and llama-cloud-services 0.6.94.
final class MockParsing: Sendable {
    static let endpoint = "parse"

    private struct Job {
        var pages: [String]
        var polls = 0
        var fault: MockFault?
    }

    private let state: MockState
    private let key: String?
    private let jobs = Mutex<[String: Job]>([:])
    private let webhooks = MockWebhookSender()

    private static let jobsMax = 10_000

    init(state: MockState, key: String?) {
        self.state = state
        self.key = key
    }

    // MARK: Upload

    /// The version of the API.
    enum Version { case v1, v2 }

    private struct Options: Decodable {
        var tier: String
        var version: String
        var webhook_configurations: [MockWebhookSender.Webhook]?
    }

    private struct JobBody: Encodable {
        var id: String
        var project_id = "mock"
        var status: String
        var error_message: String?
    }

    func upload(_ request: Request, _ version: Version) async throws -> Response {
        let fault = state.begin(Self.endpoint)
        if fault == .hang { return try await MockRefusal.hang(request) }
        if fault == .stall { return MockRefusal.stall() }
        let body = try await request.body.collect(upTo: 600 << 20)
        if state.latency > .zero { try await Task.sleep(for: state.latency) }
        if let fault, let refusal = Self.refusal(by: fault) { return refusal }
        do {
            try checkKey(request)
            let form = try MockForm(body, contentType: request.headers[.contentType])
            guard let file = form.file else { throw Self.invalid("file is required") }
            let webhook = version == .v2 ? try Self.webhook(in: form) : nil
            let pages = Self.pages(of: file)
            let id = "pjb-\(UUID().uuidString.lowercased())"
            jobs.withLock { jobs in
                if jobs.count >= Self.jobsMax { jobs = [:] }
                jobs[id] = Job(pages: pages, polls: webhook == nil ? 0 : 1, fault: fault)
            }
            if let webhook { webhooks.send(webhook, of: id) }
            state.bill(Self.endpoint, units: pages.count, tokens: 0)
            return fault == .reset
                ? MockRefusal.broken(Response(status: .ok))
                : MockJSON.response(JobBody(id: id, status: "PENDING"))
        } catch let refusal as MockRefusal {
            return refusal.response
        }
    }

    /// The first webhook of an upload; the service ignores any others.
    private static func webhook(
        in form: MockForm
    ) throws(MockRefusal) -> MockWebhookSender.Webhook? {
        let configuration = Data((form.fields["configuration"] ?? "").utf8)
        guard let options = try? JSONDecoder().decode(Options.self, from: configuration),
            ["fast", "cost_effective", "agentic", "agentic_plus"].contains(options.tier)
        else { throw invalid("configuration is required, with tier and version") }
        return options.webhook_configurations?.first
    }

    private static func pages(of file: [UInt8]) -> [String] {
        guard let text = String(validating: file, as: UTF8.self), !text.contains("\0") else {
            var hash = StableHash(seed: 0)
            hash.combine(file)
            let digits = String(hash.value, radix: 16)
            return ["# A document of \(file.count) bytes\n\nIts hash is \(digits)."]
        }
        return text.split(separator: "\u{0C}", omittingEmptySubsequences: false).map(String.init)
    }

    // MARK: Result

    private struct Answer: Encodable {
        var job: JobBody
        var markdown: Markdown?

        struct Markdown: Encodable { var pages: [Page] }

        struct Page: Encodable {
            var page_number: Int
            var success: Bool
            var markdown: String?
            var error: String?
        }
    }

    /// Looks up a job and builds its response. Every lookup advances the job.
    private func poll(
        _ request: Request, _ id: String, _ answer: (Job) -> Response
    ) -> Response {
        do throws(MockRefusal) {
            return answer(try poll(request, id))
        } catch {
            return error.response
        }
    }

    private func poll(_ request: Request, _ id: String) throws(MockRefusal) -> Job {
        try checkKey(request)
        let job = jobs.withLock { jobs in
            jobs[id]?.polls += 1
            return jobs[id]
        }
        guard let job else {
            throw MockRefusal(.notFound, "Parse job not found", type: "not_found", code: nil)
        }
        return job
    }

    func result(_ request: Request, id: String) -> Response {
        poll(request, id) { job in
            let isExpanded = request.uri.queryParameters["expand"]?.contains("markdown") == true
            switch job.polls {
            case 1: return MockJSON.response(Answer(job: JobBody(id: id, status: "PENDING")))
            case 2: return MockJSON.response(Answer(job: JobBody(id: id, status: "RUNNING")))
            default:
                if job.fault == .repeatedIndex {
                    return MockJSON.response(
                        Answer(job: JobBody(id: id, status: "FAILED", error_message: "it broke")))
                }
                return MockJSON.response(
                    Answer(
                        job: JobBody(id: id, status: "COMPLETED"),
                        markdown: isExpanded ? .init(pages: Self.pages(of: job)) : nil))
            }
        }
    }

    private struct StatusOfV1: Encodable {
        var id: String
        var status: String
        var error_code: String?
    }

    /// The status in version 1, which is pending for two requests. The result has its own path.
    func status(_ request: Request, id: String) -> Response {
        poll(request, id) { job in
            let status =
                switch (job.polls, job.fault) {
                case (1...2, _): StatusOfV1(id: id, status: "PENDING")
                case (_, .repeatedIndex): StatusOfV1(id: id, status: "ERROR", error_code: "BROKEN")
                default: StatusOfV1(id: id, status: "SUCCESS")
                }
            return MockJSON.response(status)
        }
    }

    private struct ResultOfV1: Encodable {
        struct Page: Encodable {
            var page: Int
            var md: String
            var text: String
            var status: String
        }
        struct Metadata: Encodable { var job_pages: Int }
        var pages: [Page]
        var job_metadata: Metadata
    }

    func resultOfV1(_ request: Request, id: String) -> Response {
        poll(request, id) { job in
            let pages = Self.pages(of: job).map { page in
                ResultOfV1.Page(
                    page: page.page_number, md: page.markdown ?? "", text: page.markdown ?? "",
                    status: page.success ? "OK" : "ERROR")
            }
            return MockJSON.response(
                ResultOfV1(pages: pages, job_metadata: .init(job_pages: pages.count)))
        }
    }

    private static func pages(of job: Job) -> [Answer.Page] {
        var pages = job.pages.enumerated().map { index, text in
            Answer.Page(page_number: index + 1, success: true, markdown: text)
        }
        if job.fault == .short, let last = pages.indices.last {
            pages[last] = Answer.Page(
                page_number: pages[last].page_number, success: false, error: "it could not be read")
        }
        return job.fault == .reordered ? pages.reversed() : pages
    }

    // MARK: Refusals

    private func checkKey(_ request: Request) throws(MockRefusal) {
        guard let key, request.headers[.authorization] != "Bearer \(key)" else { return }
        throw MockRefusal(.unauthorized, "Invalid token", type: "unauthorized", code: nil)
    }

    private static func invalid(_ message: String) -> MockRefusal {
        MockRefusal(.unprocessableContent, message, type: "validation_error", code: nil)
    }

    private static func refusal(by fault: MockFault) -> Response? {
        switch fault {
        case .rateLimit:
            MockRefusal(.tooManyRequests, "Rate limit exceeded", type: "rate_limit", code: nil)
                .response
        case .quota:
            MockRefusal(.init(code: 402), "No credits are left", type: "payment", code: nil)
                .response
        case .overloaded: Response(status: .serviceUnavailable)
        case .serverError: Response(status: .internalServerError)
        case .garbage:
            Response(status: .ok, body: .init(byteBuffer: ByteBuffer(string: "<html>")))
        case .hang, .stall, .reset, .short, .reordered, .repeatedIndex, .wrongWidth, .notANumber,
            .zeros:
            nil
        }
    }
}
