import AsyncHTTPClient
import Domain
import FoundationEssentials
import NIOCore
import NIOHTTP1
import Pipeline
import ProviderHTTP
import _NIOFileSystem

/// Signs and sends requests to S3, and classifies error responses.
struct S3Client: Sendable {
    private let configuration: S3Configuration
    private let signer: SigV4
    private let http: HTTPClient
    private let timing: Timing
    private let host: String
    /// The endpoint's path, which precedes the bucket's name.
    private let root: String
    private let origin: String

    private static let answerBytesMax = 8 << 20

    init(_ configuration: S3Configuration, http: HTTPClient, timing: Timing) {
        self.configuration = configuration
        self.http = http
        self.timing = timing
        signer = SigV4(credentials: configuration.credentials, region: configuration.region)
        let endpoint = configuration.endpoint
        let address =
            endpoint.firstRange(of: "://").map { endpoint[$0.upperBound...] } ?? endpoint[...]
        let slash = address.firstIndex(of: "/") ?? address.endIndex
        host = Self.withoutDefaultPort(String(address[..<slash]), of: endpoint)
        root = String(address[slash...])
        origin = String(endpoint.dropLast(root.utf8.count))
    }

    /// Removes the scheme's default port: HTTP clients omit it, and the signed host must match.
    private static func withoutDefaultPort(_ host: String, of endpoint: String) -> String {
        let port = endpoint.hasPrefix("https:") ? ":443" : ":80"
        return host.hasSuffix(port) ? String(host.dropLast(port.count)) : host
    }

    func request(
        _ method: String, _ key: String? = nil, query: [(name: String, value: String)] = []
    ) -> S3Request {
        S3Request(
            method: method, path: "\(root)/\(configuration.bucket)\(key.map { "/\($0)" } ?? "")",
            query: query, headers: ["host": host])
    }

    func presigned(_ request: S3Request, lifetime: Duration) -> UploadPermit {
        var request = request
        signer.presign(&request, lifetime: lifetime, at: Date())
        return UploadPermit(
            method: request.method, url: origin + request.target,
            // HTTP clients set these two themselves.
            headers: request.headers.filter { !["host", "content-length"].contains($0.key) })
    }

    // MARK: Sending

    /// Sends a request.
    ///
    /// - Returns: a response with status 2xx.
    func send(_ request: S3Request) async throws(JobFailure) -> ProviderAnswer {
        try await retrying { () async throws(JobFailure) in
            let answer: ProviderAnswer
            switch request.payload {
            case .none:
                answer = try await exchange(signed(request))
            case .bytes(let bytes):
                var signed = signed(request)
                signed.body = .bytes(ByteBuffer(bytes: bytes))
                answer = try await exchange(signed)
            case .file(let path, let part):
                answer = try await send(part, of: path, by: signed(request))
            }
            guard (200..<300).contains(answer.status) else {
                throw Self.refusal(
                    status: answer.status, answer.body, retryAfter: answer.retryAfter)
            }
            return answer
        }
    }

    /// S3 requires clients to retry on 500 and 503. Without retries a document of many parts would
    /// rarely succeed.
    private static let triesMax = 4

    /// Retries transient failures, at most `triesMax` tries in total.
    private func retrying<R: Sendable>(
        _ body: () async throws(JobFailure) -> R
    ) async throws(JobFailure) -> R {
        var tries = 1
        while true {
            do throws(JobFailure) {
                return try await body()
            } catch {
                guard case .transient(let wait) = error.class,
                    error.code != .storage(.blobUploadGone),
                    tries < Self.triesMax, !Task.isCancelled
                else { throw error }
                let pause = Duration.milliseconds(100 << (2 * tries)) * timing.random()
                await timing.sleep(min(max(pause, wait ?? .zero), .seconds(10)))
                tries += 1
            }
        }
    }

    private func send(
        _ part: FilePart, of path: String, by request: HTTPClientRequest
    ) async throws(JobFailure) -> ProviderAnswer {
        do {
            return try await FileSystem.shared.withFileHandle(
                forReadingAt: FilePath(path)
            ) { [request] file in
                var request = request
                let start = Int64(part.offset)
                request.body = .stream(
                    file.readChunks(
                        in: start..<start + Int64(part.length), chunkLength: .kibibytes(256)),
                    length: .known(Int64(part.length)))
                return try await exchange(request)
            }
        } catch let failure as JobFailure {
            throw failure
        } catch {
            throw .transient(
                .storage(.blobUnavailable), "the scratch file cannot be read: \(error)")
        }
    }

    private func exchange(
        _ request: HTTPClientRequest
    ) async throws(JobFailure) -> ProviderAnswer {
        do throws(JobFailure) {
            return try await http.exchange(
                request, timeout: configuration.timeout, bytesMax: Self.answerBytesMax)
        } catch {
            throw .transient(
                .storage(.blobUnavailable), "the object storage failed: \(error.message)")
        }
    }

    private func signed(_ request: S3Request) -> HTTPClientRequest {
        var request = request
        signer.sign(&request, payloadSHA256: request.payload.sha256, at: Date())
        var sent = HTTPClientRequest(url: origin + request.target)
        sent.method = HTTPMethod(rawValue: request.method)
        for (name, value) in request.headers { sent.headers.add(name: name, value: value) }
        return sent
    }

    // MARK: Receiving

    /// Downloads a blob and passes its bytes on as they arrive.
    ///
    /// - Throws: `too_large` before the first byte when the blob exceeds `bytesMax`.
    func receive(
        _ key: String, bytesMax: Int, _ sink: (ByteBuffer) async throws(JobFailure) -> Void
    ) async throws(JobFailure) {
        let (length, body) = try await retrying { () async throws(JobFailure) in
            try await open(key)
        }
        guard length <= bytesMax else {
            throw .permanent(
                .document(.tooLarge),
                "the blob of \(length) bytes exceeds the limit of \(bytesMax) bytes")
        }
        do {
            var got = 0
            for try await bytes in body {
                got += bytes.readableBytes
                try await sink(bytes)
            }
            guard got == length else {
                throw JobFailure.transient(
                    .storage(.blobUnavailable), "the object storage sent an incomplete blob")
            }
        } catch {
            throw Self.silence(error)
        }
    }

    private func open(
        _ key: String
    ) async throws(JobFailure) -> (length: Int, body: HTTPClientResponse.Body) {
        do {
            let response = try await http.execute(
                signed(request("GET", key)), deadline: .now() + TimeAmount(configuration.timeout))
            guard response.status == .ok else {
                let body = try await response.body.collect(upTo: Self.answerBytesMax)
                throw Self.refusal(
                    status: Int(response.status.code), Array(body.readableBytesView),
                    retryAfter: nil)
            }
            guard let length = response.headers.first(name: "content-length").flatMap({ Int($0) })
            else {
                throw JobFailure.transient(
                    .storage(.blobUnavailable), "the object storage sent a blob without its length")
            }
            return (length, response.body)
        } catch {
            throw Self.silence(error)
        }
    }

    private static func silence(_ error: any Error) -> JobFailure {
        (error as? JobFailure)
            ?? .transient(
                .storage(.blobUnavailable),
                "the object storage sent no response: \(type(of: error))")
    }

    // MARK: Refusals

    /// - Source: https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
    static func refusal(
        status: Int, _ body: [UInt8], retryAfter: Duration?
    ) -> JobFailure {
        let word = (try? S3Answers.code(body)) ?? ""
        let code = String(word.filter { $0.isASCII && $0.isLetter }.prefix(64))
        let what = "the object storage returned \(status) \(code)"
        return switch (status, code) {
        case (404, "NoSuchUpload"): .transient(.storage(.blobUploadGone), what)
        // Any other 404 may come from a missing bucket, a wrong address or a proxy.
        case (404, "NoSuchKey"): .permanent(.storage(.blobMissing), what)
        case (507, _), (_, "QuotaExceeded"), (_, "EntityTooLarge"):
            .unavailable(.storage(.diskFull), what)
        case (408, _), (409, _), (425, _), (429, _), (500..., _), (400, "RequestTimeout"):
            .transient(.storage(.blobUnavailable), what, after: retryAfter)
        // Keys, permissions, region, an archived object: an operator must act.
        default: .unavailable(.storage(.blobUnreadable), what, for: .seconds(60))
        }
    }
}
