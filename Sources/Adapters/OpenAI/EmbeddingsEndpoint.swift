import AsyncHTTPClient
import Domain
import FoundationEssentials
import Logging
import NIOCore
import NIOHTTP1
import Synchronization

/// `POST /embeddings`: one request at a time within the rate budget that all of them share.
final class EmbeddingsEndpoint: Sendable {
    private let configuration: OpenAIConfiguration
    private let http: HTTPClient
    private let logger: Logger
    private let budget = Mutex(RateBudget())
    private let start = ContinuousClock.now

    private static let answerBytesMax = 64 << 20

    init(_ configuration: OpenAIConfiguration, http: HTTPClient, logger: Logger) {
        self.configuration = configuration
        self.http = http
        self.logger = logger
    }

    /// Waits for its turn, asks, and asks again while the server says that it is too much for now.
    func vectors(of texts: [String]) async -> RequestPacker.Answer {
        do throws(RequestFailure) {
            let end = now + configuration.patience
            while true {
                try await takeTurn(RequestPacker.tokens(of: texts), before: end)
                if let vectors = try await ask(texts) { return .success(vectors) }
            }
        } catch {
            return .failure(error)
        }
    }

    private var now: Duration { start.duration(to: .now) }

    private func takeTurn(_ tokens: Int, before end: Duration) async throws(RequestFailure) {
        while let wait = budget.withLock({ $0.take(tokens: tokens, at: now) }) {
            guard now + wait <= end else {
                throw .failed(
                    .unavailable(
                        "provider_rate_limit", "the provider takes no more for \(wait)", for: wait))
            }
            do {
                try await Task.sleep(for: wait)
            } catch {
                throw .failed(.transient("cancelled", "the work was cancelled"))
            }
        }
    }

    /// `nil` when the server asks to come again later.
    private func ask(_ texts: [String]) async throws(RequestFailure) -> [[Float]]? {
        let (response, body) = try await exchange(try request(texts))
        let header = { response.headers.first(name: $0) }
        budget.withLock { $0.note(header, at: now) }
        guard response.status == .ok else {
            let refused = RefusedAnswer(
                status: Int(response.status.code), body: body, header: header)
            if let pause = refused.rateLimitPause {
                logger.notice("rate limited", metadata: ["pause": "\(pause)"])
                budget.withLock { $0.pause(for: pause, at: now) }
                return nil
            }
            throw refused.failure(repairPause: configuration.repairPause)
        }
        do {
            let answer = try JSONDecoder().decode(EmbeddingsResponse.self, from: Data(body))
            return try answer.vectors(count: texts.count, width: configuration.space.width)
        } catch let failure as StageFailure {
            throw .failed(failure)
        } catch {
            throw .failed(
                .transient("provider_answer_unreadable", "the answer is no list of vectors"))
        }
    }

    private func request(_ texts: [String]) throws(RequestFailure) -> HTTPClientRequest {
        var request = HTTPClientRequest(url: configuration.baseURL + "/embeddings")
        request.method = .POST
        request.headers.add(name: "Content-Type", value: "application/json")
        if let key = configuration.key {
            request.headers.add(name: "Authorization", value: "Bearer \(key.value)")
        }
        do {
            let body = try JSONEncoder().encode(
                EmbeddingsRequest(
                    model: configuration.model, input: texts,
                    dimensions: configuration.dimensions))
            request.body = .bytes(ByteBuffer(bytes: body))
        } catch {
            throw .refused(.permanent("embedding_request", "the texts cannot be sent as JSON"))
        }
        return request
    }

    private func exchange(
        _ request: HTTPClientRequest
    ) async throws(RequestFailure) -> (HTTPClientResponse, [UInt8]) {
        do {
            let deadline = NIODeadline.now() + .init(configuration.timeout)
            let response = try await http.execute(request, deadline: deadline)
            let body = try await response.body.collect(upTo: Self.answerBytesMax)
            return (response, Array(body.readableBytesView))
        } catch {
            throw .failed(.transient("provider_unreachable", Self.reason(of: error)))
        }
    }

    /// Says what failed, without the request.
    private static func reason(of error: any Error) -> String {
        switch error {
        case let error as HTTPClientError: "no answer: \(error.shortDescription)"
        default: "no answer: \(type(of: error))"
        }
    }
}
