import AsyncHTTPClient
import Domain
import FoundationEssentials
import NIOCore
import NIOHTTP1
import Pipeline
import ProviderHTTP
import _NIOFileSystem

/// Signs requests, sends them, tells refusals apart.
struct S3Client: Sendable {
    private let configuration: S3Configuration
    private let signer: SigV4
    private let http: HTTPClient
    private let surroundings: Surroundings
    private let host: String
    /// Of the endpoint: what stands before the bucket's name.
    private let root: String
    private let origin: String

    private static let answerBytesMax = 8 << 20

    init(_ configuration: S3Configuration, http: HTTPClient, surroundings: Surroundings) {
        self.configuration = configuration
        self.http = http
        self.surroundings = surroundings
        signer = SigV4(credentials: configuration.credentials, region: configuration.region)
        let endpoint = configuration.endpoint
        let address =
            endpoint.firstRange(of: "://").map { endpoint[$0.upperBound...] } ?? endpoint[...]
        let slash = address.firstIndex(of: "/") ?? address.endIndex
        host = Self.withoutStandardPort(String(address[..<slash]), endpoint)
        root = String(address[slash...])
        origin = String(endpoint.dropLast(root.utf8.count))
    }

    /// A client sends no port that its scheme implies, and what is signed is what is sent.
    private static func withoutStandardPort(_ host: String, _ endpoint: String) -> String {
        let standard = endpoint.hasPrefix("https:") ? ":443" : ":80"
        return host.hasSuffix(standard) ? String(host.dropLast(standard.count)) : host
    }

    func request(
        _ method: String, _ key: String? = nil, _ query: [(name: String, value: String)] = []
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
            // Every client sends these two by itself.
            headers: request.headers.filter { !["host", "content-length"].contains($0.key) })
    }

    // MARK: Sending

    /// Sends a request.
    ///
    /// - Returns: an answer with status 2xx.
    func send(_ request: S3Request) async throws(StageFailure) -> ProviderAnswer {
        try await insistently { () async throws(StageFailure) in
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
                throw Self.refusal(answer.status, answer.body, answer.retryAfter)
            }
            return answer
        }
    }

    /// S3 asks its clients to send again what it answers with 500 or 503; a document of many parts
    /// would hardly come through otherwise.
    private static let triesMax = 4

    /// Tries again, a few times at most, what fails for the moment.
    private func insistently<R: Sendable>(
        _ body: () async throws(StageFailure) -> R
    ) async throws(StageFailure) -> R {
        var tries = 1
        while true {
            do throws(StageFailure) {
                return try await body()
            } catch {
                guard case .transient(let wait) = error.class, error.code != "blob_upload_gone",
                    tries < Self.triesMax, !Task.isCancelled
                else { throw error }
                let pause = Duration.milliseconds(100 << (2 * tries)) * surroundings.random()
                await surroundings.sleep(min(max(pause, wait ?? .zero), .seconds(10)))
                tries += 1
            }
        }
    }

    private func send(
        _ part: FilePart, of path: String, by request: HTTPClientRequest
    ) async throws(StageFailure) -> ProviderAnswer {
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
        } catch let failure as StageFailure {
            throw failure
        } catch {
            throw .transient("blob_unavailable", "the scratch file cannot be read: \(error)")
        }
    }

    private func exchange(
        _ request: HTTPClientRequest
    ) async throws(StageFailure) -> ProviderAnswer {
        do throws(StageFailure) {
            return try await http.exchange(
                request, timeout: configuration.timeout, bytesMax: Self.answerBytesMax)
        } catch {
            throw .transient("blob_unavailable", "the storage: \(error.message)")
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

    /// Asks for a blob and hands its bytes on as they come.
    ///
    /// - Throws: `too_large` before the first byte when there are more than `bytesMax`.
    func receive(
        _ key: String, bytesMax: Int, _ sink: (ByteBuffer) async throws(StageFailure) -> Void
    ) async throws(StageFailure) {
        let (length, body) = try await insistently { () async throws(StageFailure) in
            try await open(key)
        }
        guard length <= bytesMax else { throw .permanent("too_large", "blob of \(length) bytes") }
        do {
            var got = 0
            for try await bytes in body {
                got += bytes.readableBytes
                try await sink(bytes)
            }
            guard got == length else {
                throw StageFailure.transient("blob_unavailable", "the storage sent a part")
            }
        } catch {
            throw Self.silence(error)
        }
    }

    private func open(
        _ key: String
    ) async throws(StageFailure) -> (length: Int, body: HTTPClientResponse.Body) {
        do {
            let response = try await http.execute(
                signed(request("GET", key)), deadline: .now() + TimeAmount(configuration.timeout))
            guard response.status == .ok else {
                let body = try await response.body.collect(upTo: Self.answerBytesMax)
                throw Self.refusal(Int(response.status.code), Array(body.readableBytesView), nil)
            }
            guard let length = response.headers.first(name: "content-length").flatMap({ Int($0) })
            else { throw StageFailure.transient("blob_unavailable", "a blob of unknown length") }
            return (length, response.body)
        } catch {
            throw Self.silence(error)
        }
    }

    private static func silence(_ error: any Error) -> StageFailure {
        (error as? StageFailure)
            ?? .transient("blob_unavailable", "the storage: no answer: \(type(of: error))")
    }

    // MARK: Refusals

    /// - Source: https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
    static func refusal(_ status: Int, _ body: [UInt8], _ wait: Duration?) -> StageFailure {
        let word = (try? S3Answers.code(body)) ?? ""
        let code = String(word.filter { $0.isASCII && $0.isLetter }.prefix(64))
        let what = "the storage answered \(status) \(code)"
        return switch (status, code) {
        case (404, "NoSuchUpload"): .transient("blob_upload_gone", what)
        // Any other 404 may be of a bucket, of a wrong address or of something on the way.
        case (404, "NoSuchKey"): .permanent("blob_missing", what)
        case (507, _), (_, "QuotaExceeded"), (_, "EntityTooLarge"):
            .unavailable("disk_full", what)
        case (408, _), (409, _), (425, _), (429, _), (500..., _), (400, "RequestTimeout"):
            .transient("blob_unavailable", what, after: wait)
        // Keys, rights, region, an object in an archive: a person has to see to it.
        default: .unavailable("blob_unreadable", what, for: .seconds(60))
        }
    }
}
