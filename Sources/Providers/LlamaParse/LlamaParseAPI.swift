import AsyncHTTPClient
import Domain
import FoundationEssentials
import NIOCore
import NIOHTTP1
import Pipeline
import ProviderHTTP

/// The service's upload and result calls, in either version of its API.
struct LlamaParseAPI: Sendable {
    let configuration: LlamaParseConfiguration
    let http: HTTPClient

    private static let answerBytesMax = 256 << 20
    /// The service's limit on the size of a document.
    private static let documentBytesMax = 512 << 20

    init(_ configuration: LlamaParseConfiguration, http: HTTPClient) {
        self.configuration = configuration
        self.http = http
    }

    // MARK: Upload

    /// The response to an upload. The remote job's `id` is at the top level according to the SDK,
    /// and below `job` according to the guide.
    private struct Accepted: Decodable {
        struct Job: Decodable { var id: String }
        var id: String?
        var job: Job?
    }

    /// Uploads the file as a stream and returns the id of the remote job.
    func upload(_ source: SourceDocument) async throws(JobFailure) -> String {
        guard source.byteCount <= Self.documentBytesMax else {
            throw .permanent(
                .document(.tooLarge), "the document exceeds LlamaParse's limit of 512 MiB")
        }
        let form: UploadForm
        let path: String
        switch configuration.model {
        case .v1(let mode):
            path = "/api/v1/parsing/upload"
            form = UploadForm(fields: [("parse_mode", mode)], source)
        case .v2(let tier, let version):
            path = "/api/v2/parse/upload"
            let options = try encode(
                ParseOptions(tier: tier, version: version, webhook: configuration.webhook))
            form = UploadForm(fields: [("configuration", options)], source)
        }
        let answer = try await form.send(
            request(path, .POST), by: http, timeout: configuration.timeout)
        guard (200..<300).contains(answer.status) else { throw refusal(answer, isUpload: true) }
        let accepted = try decode(Accepted.self, answer)
        guard let id = accepted.id ?? accepted.job?.id, Self.isPlain(id) else {
            throw .transient(.provider(.answerUnreadable), "LlamaParse returned no valid job id")
        }
        return id
    }

    // MARK: Result

    struct Result: Sendable { var pages: [Page] }

    struct Page: Sendable {
        var number: Int
        /// `nil` for a page that failed.
        var markdown: String?

        /// Whether text may be missing: the service silently cuts off a page's text after 64 KB.
        var isFull: Bool { (markdown?.utf8.count ?? 0) >= 64 << 10 }
    }

    /// The status of a remote job.
    enum RemoteJobStatus: Sendable {
        case running
        case done([Page])
    }

    /// The pages in order; `nil` while the service is still parsing.
    ///
    /// - Throws: `parser_failed`, `parser_cancelled` or `parse_ticket_unknown` if this job will
    ///   never have a result.
    func result(of job: String) async throws(JobFailure) -> Result? {
        let status =
            switch configuration.model {
            case .v1: try await statusByV1(job)
            case .v2: try await statusByV2(job)
            }
        guard case .done(let pages) = status else { return nil }
        guard !pages.isEmpty else {
            throw .transient(.provider(.answerUnreadable), "LlamaParse returned no pages")
        }
        guard Set(pages.map(\.number)).count == pages.count else {
            throw .transient(.provider(.answerUnreadable), "LlamaParse returned a page twice")
        }
        return Result(pages: pages.sorted { $0.number < $1.number })
    }

    static let failed = JobFailure.transient(
        .document(.parserFailed), "LlamaParse could not parse the document")
    static let cancelled = JobFailure.transient(
        .document(.parserCancelled), "the parse job was cancelled at LlamaParse")
    static let unknownStatus = JobFailure.transient(
        .provider(.answerUnreadable), "LlamaParse returned an unknown status")

    func get<Value: Decodable>(
        _ path: String, as type: Value.Type
    ) async throws(JobFailure) -> Value {
        let answer = try await http.exchange(
            request(path, .GET), timeout: configuration.timeout, bytesMax: Self.answerBytesMax)
        guard answer.status == 200 else { throw refusal(answer, isUpload: false) }
        return try decode(type, answer)
    }

    // MARK: Both

    private func request(_ path: String, _ method: HTTPMethod) -> HTTPClientRequest {
        var request = HTTPClientRequest(url: configuration.baseURL + path)
        request.method = method
        if let key = configuration.key {
            request.headers.add(name: "Authorization", value: "Bearer \(key.value)")
        }
        return request
    }

    private func encode(_ value: some Encodable) throws(JobFailure) -> String {
        do {
            return String(decoding: try JSONEncoder().encode(value), as: UTF8.self)
        } catch {
            throw .permanent(.machine(.notEncodable), "\(error)")
        }
    }

    private func decode<Value: Decodable>(
        _ type: Value.Type, _ answer: ProviderAnswer
    ) throws(JobFailure) -> Value {
        do {
            return try JSONDecoder().decode(type, from: Data(answer.body))
        } catch {
            throw .transient(
                .provider(.answerUnreadable), "the response of LlamaParse cannot be decoded")
        }
    }

    /// - Source: https://developers.llamaindex.ai, error codes and limits.
    private func refusal(_ answer: ProviderAnswer, isUpload: Bool) -> JobFailure {
        let what = "LlamaParse returned status \(answer.status)"
        let pause = configuration.repairPause
        switch answer.status {
        case 401, 403:
            return .unavailable(.provider(.unauthorized), "\(what): check the key", for: pause)
        case 402:
            return .unavailable(
                .provider(.quota), "\(what): the account has no credits", for: pause)
        case 404 where !isUpload:
            return .transient(.document(.parseTicketUnknown), "LlamaParse no longer has this job")
        case 300..<400, 404, 405, 407, 421:
            return .unavailable(.provider(.notFound), "\(what): check the address", for: pause)
        case 429:
            // A free account has 20 requests per minute. `retry-after` is not always sent.
            return .unavailable(
                .provider(.rateLimit), what,
                for: max(answer.retryAfter ?? .seconds(10), .seconds(1)))
        case 408, 425, 500...:
            return .transient(.provider(.error), what, after: answer.retryAfter)
        case 413: return .permanent(.document(.tooLarge), what)
        case 415: return .permanent(.document(.unsupportedType), what)
        default: return .permanent(.provider(.refused), what)
        }
    }

    /// Whether an id is safe to use as a component of a URL path.
    private static func isPlain(_ id: String) -> Bool {
        (1...200).contains(id.utf8.count)
            && id.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "-_.".contains($0)) }
    }
}
