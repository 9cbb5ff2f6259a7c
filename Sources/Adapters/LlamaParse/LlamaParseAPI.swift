import AsyncHTTPClient
import Domain
import FoundationEssentials
import NIOCore
import NIOHTTP1
import Pipeline
import ProviderHTTP
import _NIOFileSystem

/// The two calls of the service that are needed.
struct LlamaParseAPI: Sendable {
    private let configuration: LlamaParseConfiguration
    private let http: HTTPClient

    private static let answerBytesMax = 256 << 20
    /// Of a document, by the service.
    private static let documentBytesMax = 512 << 20

    init(_ configuration: LlamaParseConfiguration, http: HTTPClient) {
        self.configuration = configuration
        self.http = http
    }

    // MARK: Upload

    private struct Orders: Encodable {
        var tier: String
        var version: String
    }

    /// `id` of the remote job: flat in the SDK, below `job` in the guide.
    private struct Accepted: Decodable {
        struct Job: Decodable { var id: String }
        var id: String?
        var job: Job?
    }

    /// Streams the file; returns the id of the remote job.
    func upload(_ source: SourceDocument) async throws(StageFailure) -> String {
        guard source.bytesLength <= Self.documentBytesMax else {
            throw .permanent("too_large", "LlamaParse takes documents up to 512 MiB")
        }
        let answer = try await send(source)
        guard (200..<300).contains(answer.status) else { throw refusal(answer, isUpload: true) }
        let accepted = try decode(Accepted.self, answer)
        guard let id = accepted.id ?? accepted.job?.id, Self.isPlain(id) else {
            throw .transient("provider_answer_unreadable", "LlamaParse told no job id")
        }
        return id
    }

    private func send(_ source: SourceDocument) async throws(StageFailure) -> ProviderAnswer {
        let boundary = "millrace-\(UUID().uuidString)"
        let (head, tail) = try parts(source, boundary)
        var request = request("/api/v2/parse/upload", .POST)
        request.headers.add(
            name: "Content-Type", value: "multipart/form-data; boundary=\(boundary)")
        let length = Int64(head.readableBytes + source.bytesLength + tail.readableBytes)
        do {
            return try await FileSystem.shared.withFileHandle(
                forReadingAt: FilePath(source.path)
            ) { [request] file in
                var request = request
                request.body = .stream(
                    Multipart(
                        head: head, file: file.readChunks(chunkLength: .kibibytes(256)), tail: tail),
                    length: .known(length))
                return try await http.exchange(
                    request, timeout: configuration.timeout, bytesMax: 1 << 20)
            }
        } catch let failure as StageFailure {
            throw failure
        } catch {
            throw .transient("blob_unreadable", "the document cannot be read: \(error)")
        }
    }

    private func parts(
        _ source: SourceDocument, _ boundary: String
    ) throws(StageFailure) -> (head: ByteBuffer, tail: ByteBuffer) {
        let orders: Data
        do {
            orders = try JSONEncoder().encode(
                Orders(tier: configuration.tier, version: configuration.version))
        } catch {
            throw .permanent("not_encodable", "\(error)")
        }
        // The service goes by the extension; whatever else a name holds stays here.
        let type = MediaType(contentType: source.mime)
        let name = "document.\(type?.fileExtension ?? "bin")"
        let head = """
            --\(boundary)\r
            Content-Disposition: form-data; name="configuration"\r
            \r
            \(String(decoding: orders, as: UTF8.self))\r
            --\(boundary)\r
            Content-Disposition: form-data; name="file"; filename="\(name)"\r
            Content-Type: \(source.mime)\r
            \r

            """
        return (ByteBuffer(string: head), ByteBuffer(string: "\r\n--\(boundary)--\r\n"))
    }

    // MARK: Result

    struct Result: Sendable { var pages: [Page] }

    struct Page: Decodable, Sendable {
        var page_number: Int
        /// `nil` for a page that failed.
        var markdown: String?

        private enum Key: CodingKey { case page_number, markdown, success }

        init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: Key.self)
            page_number = try container.decode(Int.self, forKey: .page_number)
            let isRead = try container.decodeIfPresent(Bool.self, forKey: .success) ?? true
            markdown = isRead ? try container.decode(String.self, forKey: .markdown) : nil
        }

        /// The service ignores a page's text beyond 64 KB without a word.
        var isFull: Bool { (markdown?.utf8.count ?? 0) >= 64 << 10 }
    }

    private struct Status: Decodable {
        struct Job: Decodable { var status: String }
        struct Markdown: Decodable { var pages: [Page] }
        var job: Job
        var markdown: Markdown?
    }

    /// The pages in their order; `nil` while the service is at work.
    ///
    /// - Throws: `parser_failed`, `parser_cancelled` and `parse_ticket_unknown` when there will be
    ///   no result of this job.
    func result(of job: String) async throws(StageFailure) -> Result? {
        let answer = try await http.exchange(
            request("/api/v2/parse/\(job)?expand=markdown", .GET),
            timeout: configuration.timeout, bytesMax: Self.answerBytesMax)
        guard answer.status == 200 else { throw refusal(answer, isUpload: false) }
        let status = try decode(Status.self, answer)
        switch status.job.status {
        case "PENDING", "RUNNING": return nil
        case "COMPLETED": break
        case "FAILED": throw .transient("parser_failed", "LlamaParse could not parse the document")
        case "CANCELLED": throw .transient("parser_cancelled", "the parse was cancelled there")
        default:
            throw .transient("provider_answer_unreadable", "LlamaParse told an unknown status")
        }
        guard let pages = status.markdown?.pages, !pages.isEmpty else {
            throw .transient("provider_answer_unreadable", "LlamaParse told no pages")
        }
        guard Set(pages.map(\.page_number)).count == pages.count else {
            throw .transient("provider_answer_unreadable", "LlamaParse told a page twice")
        }
        return Result(pages: pages.sorted { $0.page_number < $1.page_number })
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

    private func decode<Value: Decodable>(
        _ type: Value.Type, _ answer: ProviderAnswer
    ) throws(StageFailure) -> Value {
        do {
            return try JSONDecoder().decode(type, from: Data(answer.body))
        } catch {
            throw .transient("provider_answer_unreadable", "LlamaParse's answer cannot be read")
        }
    }

    /// - Source: https://developers.llamaindex.ai, error codes and limits.
    private func refusal(_ answer: ProviderAnswer, isUpload: Bool) -> StageFailure {
        let what = "LlamaParse answered \(answer.status)"
        let pause = configuration.repairPause
        switch answer.status {
        case 401, 403:
            return .unavailable("provider_unauthorized", "\(what): see its key", for: pause)
        case 402: return .unavailable("provider_quota", "\(what): no credits are left", for: pause)
        case 404 where !isUpload:
            return .transient("parse_ticket_unknown", "LlamaParse knows this job no more")
        case 300..<400, 404, 405, 407, 421:
            return .unavailable("provider_not_found", "\(what): see its address", for: pause)
        case 429:
            // A free account has 20 requests a minute; how long to wait is not always told.
            return .unavailable(
                "provider_rate_limit", what, for: answer.retryAfter ?? .seconds(10))
        case 408, 425, 500...:
            return .transient("provider_error", what, after: answer.retryAfter)
        case 413: return .permanent("too_large", what)
        case 415: return .permanent("unsupported_type", what)
        default: return .permanent("provider_refused", what)
        }
    }

    /// An id becomes a part of a path.
    private static func isPlain(_ id: String) -> Bool {
        (1...200).contains(id.utf8.count)
            && id.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "-_.".contains($0)) }
    }
}

/// A form with one file, read as it is sent.
private struct Multipart: AsyncSequence, Sendable {
    let head: ByteBuffer
    let file: FileChunks
    let tail: ByteBuffer

    struct AsyncIterator: AsyncIteratorProtocol {
        var head: ByteBuffer?
        var file: FileChunks.FileChunkIterator
        var tail: ByteBuffer?

        mutating func next() async throws -> ByteBuffer? { try await next(isolation: nil) }

        mutating func next(
            isolation actor: isolated (any Actor)?
        ) async throws(any Error) -> ByteBuffer? {
            if let head = head.take() { return head }
            if let chunk = try await file.next(isolation: actor) { return chunk }
            return tail.take()
        }
    }

    func makeAsyncIterator() -> AsyncIterator {
        AsyncIterator(head: head, file: file.makeAsyncIterator(), tail: tail)
    }
}
