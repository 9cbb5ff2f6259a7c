import AsyncHTTPClient
import Domain
import FoundationEssentials
import NIOCore
import NIOHTTP1
import _NIOFileSystem

/// A client of the HTTP API (docs/openapi.yaml), limited to what the command line uses.
struct APIClient: Sendable {
    let base: String
    let token: String?

    /// Uploads a file as a stream; memory use does not grow with its size.
    func upload(path: String, filename: String, mime: String) async throws -> Upload {
        try await FileSystem.shared.withFileHandle(forReadingAt: FilePath(path)) { file in
            let size = try await file.info().size
            var request = request("/v1/documents?filename=\(filename.percentEncoded())", .POST)
            request.headers.add(name: "Content-Type", value: mime)
            request.body = .stream(
                file.readChunks(chunkLength: .kibibytes(256)), length: .known(Int64(size)))
            return try await answer(request, timeout: .minutes(30))
        }
    }

    func job(_ id: String) async throws -> JobStatus {
        try await answer(request("/v1/jobs/\(id.percentEncoded())"))
    }

    func events(of job: String) async throws -> EventList {
        try await answer(request("/v1/jobs/\(job.percentEncoded())/events"))
    }

    func pipeline() async throws -> PipelineStatus {
        try await answer(request("/v1/pipeline"))
    }

    func search(_ query: SearchQuery) async throws -> SearchAnswer {
        var request = request("/v1/search", .POST)
        request.headers.add(name: "Content-Type", value: "application/json")
        request.body = .bytes(ByteBuffer(bytes: try Self.encoder.encode(query)))
        return try await answer(request)
    }

    private func request(_ path: String, _ method: HTTPMethod = .GET) -> HTTPClientRequest {
        var request = HTTPClientRequest(url: base + path)
        request.method = method
        if let token { request.headers.add(name: "Authorization", value: "Bearer \(token)") }
        return request
    }

    private func answer<Value: Decodable>(
        _ request: HTTPClientRequest, timeout: TimeAmount = .seconds(30)
    ) async throws -> Value {
        let response: HTTPClientResponse
        do {
            response = try await Self.http.execute(request, timeout: timeout)
        } catch {
            throw APIFailure.unreachable(base: base, reason: Self.reason(of: error))
        }
        let body = Data(try await response.body.collect(upTo: 64 * 1024 * 1024).readableBytesView)
        guard (200..<300).contains(response.status.code) else {
            let problem = try? Self.decoder.decode(Problem.self, from: body)
            throw APIFailure.refused(status: Int(response.status.code), problem: problem)
        }
        return try Self.decoder.decode(Value.self, from: body)
    }

    /// Lives as long as the process. An unreachable API is reported immediately, without retries.
    private static let http: HTTPClient = {
        var configuration = HTTPClient.Configuration(
            timeout: HTTPClient.Configuration.Timeout(connect: .seconds(5)))
        configuration.connectionPool.retryConnectionEstablishment = false
        return HTTPClient(configuration: configuration)
    }()

    private static func reason(of error: any Error) -> String {
        let text = "\(error)"
        return text.contains("Connection refused") ? "connection refused" : text
    }

    static var decoder: JSONDecoder {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return decoder
    }

    private static var encoder: JSONEncoder {
        let encoder = JSONEncoder()
        encoder.keyEncodingStrategy = .convertToSnakeCase
        return encoder
    }
}

/// Why an API call failed.
enum APIFailure: Error, CustomStringConvertible {
    case unreachable(base: String, reason: String)
    case refused(status: Int, problem: Problem?)

    var description: String {
        switch self {
        case .unreachable(let base, let reason):
            "The API at \(base) does not answer (\(reason)). Is it up? See 'millrace status'."
        case .refused(let status, let problem):
            ([problem?.title, problem?.detail].compactMap { $0 }.joined(separator: ": ").nonEmpty
                ?? "The API refused")
                + " (HTTP \(status)\(problem?.code.map { ", \($0)" } ?? ""))"
        }
    }

    /// Whether a retry may succeed soon.
    var isTransient: Bool {
        switch self {
        case .unreachable: true
        case .refused(let status, _): status == 429 || status >= 500
        }
    }
}

extension String {
    fileprivate var nonEmpty: String? { isEmpty ? nil : self }
}
