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
    /// How long a response may take, unless a call sets its own limit.
    let timeout: Duration

    /// For tenants: longer than the API's limits of a lookup and a search.
    static let tenantTimeout = Duration.seconds(60)
    /// For operators: longer than the API's `--operations-timeout` (2m by default), which each
    /// statement of a request may take.
    static let operatorTimeout = Duration.seconds(600)

    /// A body of the API, for printing as it is or decoding.
    struct Response<Value: Decodable & Sendable>: Sendable {
        let data: Data
        let value: Value

        /// The API's own JSON.
        var json: String { String(decoding: data, as: UTF8.self) }
    }

    /// - Parameter parameters: of the query; those without a value are left out.
    func get<Value>(
        _ path: String, _ parameters: [String: String?] = [:]
    ) async throws -> Response<Value> {
        let query = parameters.compactMap { name, value in
            value.map { "\(name)=\($0.percentEncoded())" }
        }.sorted().joined(separator: "&")
        return try await send(request(query.isEmpty ? path : "\(path)?\(query)"))
    }

    func post<Value>(
        _ path: String, _ body: some Encodable, timeout: Duration? = nil
    ) async throws -> Response<Value> {
        var request = request(path, .POST)
        request.headers.add(name: "Content-Type", value: "application/json")
        request.body = .bytes(ByteBuffer(bytes: try Output.encoder.encode(body)))
        return try await send(request, timeout: timeout)
    }

    /// Uploads a file as a stream; memory use does not grow with its size.
    func upload(path: String, filename: String, mime: String) async throws -> UploadResponse {
        try await FileSystem.shared.withFileHandle(forReadingAt: FilePath(path)) { file in
            let size = try await file.info().size
            var request = request("/v1/documents?filename=\(filename.percentEncoded())", .POST)
            request.headers.add(name: "Content-Type", value: mime)
            request.body = .stream(
                file.readChunks(chunkLength: .kibibytes(256)), length: .known(Int64(size)))
            return try await send(request, timeout: .seconds(1800)).value
        }
    }

    /// Passes the bytes of a response to `write`, piece by piece.
    func download(
        _ path: String, timeout: Duration = .seconds(1800), to write: (ByteBuffer) throws -> Void
    ) async throws {
        let response = try await execute(request(path), timeout: timeout)
        do {
            for try await piece in response.body { try write(piece) }
        } catch let error as any ExitingError {
            throw error
        } catch {
            throw APIFailure.unreachable(
                base: base, reason: Self.reason(of: error, timeout: timeout))
        }
    }

    /// Sends a request whose response has no body.
    func delete(_ path: String) async throws {
        _ = try await execute(request(path, .DELETE), timeout: timeout)
    }

    private func request(_ path: String, _ method: HTTPMethod = .GET) -> HTTPClientRequest {
        var request = HTTPClientRequest(url: base + path)
        request.method = method
        if let token { request.headers.add(name: "Authorization", value: "Bearer \(token)") }
        return request
    }

    private func send<Value>(
        _ request: HTTPClientRequest, timeout: Duration? = nil
    ) async throws -> Response<Value> {
        let timeout = timeout ?? self.timeout
        let response = try await execute(request, timeout: timeout)
        let body = try await body(of: response, timeout: timeout)
        do {
            return Response(data: body, value: try Self.decoder.decode(Value.self, from: body))
        } catch {
            throw APIFailure.unknownBody(path: request.url)
        }
    }

    /// Sends a request and checks the status of its response.
    private func execute(
        _ request: HTTPClientRequest, timeout: Duration
    ) async throws -> HTTPClientResponse {
        let response: HTTPClientResponse
        do {
            response = try await Self.http.execute(request, timeout: TimeAmount(timeout))
        } catch {
            throw APIFailure.unreachable(
                base: base, reason: Self.reason(of: error, timeout: timeout))
        }
        guard (200..<300).contains(response.status.code) else {
            let body = try await body(of: response, timeout: timeout)
            let problem = try? Self.decoder.decode(ProblemResponse.self, from: body)
            throw APIFailure.refused(status: Int(response.status.code), problem: problem)
        }
        return response
    }

    private func body(
        of response: HTTPClientResponse, timeout: Duration
    ) async throws -> Data {
        do {
            return Data(try await response.body.collect(upTo: 64 << 20).readableBytesView)
        } catch {
            throw APIFailure.unreachable(
                base: base, reason: Self.reason(of: error, timeout: timeout))
        }
    }

    /// Lives as long as the process. An unreachable API is reported immediately, without retries.
    private static let http: HTTPClient = {
        var configuration = HTTPClient.Configuration(
            timeout: HTTPClient.Configuration.Timeout(connect: .seconds(5)))
        configuration.connectionPool.retryConnectionEstablishment = false
        return HTTPClient(configuration: configuration)
    }()

    private static func reason(of error: any Error, timeout: Duration) -> String {
        if let error = error as? HTTPClientError, error == .deadlineExceeded {
            return "no response within \(timeout.components.seconds) s"
        }
        let text = "\(error)"
        return text.contains("Connection refused") ? "connection refused" : text
    }

    static var decoder: JSONDecoder {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return decoder
    }
}
