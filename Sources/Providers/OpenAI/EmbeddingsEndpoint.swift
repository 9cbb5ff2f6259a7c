import AsyncHTTPClient
import Domain
import FoundationEssentials
import Logging
import NIOCore
import NIOHTTP1
import Pipeline
import ProviderHTTP
import Synchronization

/// Calls `POST /embeddings`. All requests share one rate budget.
final class EmbeddingsEndpoint: Sendable {
    private let configuration: OpenAIConfiguration
    private let ledger: any CallLedger
    private let http: HTTPClient
    private let logger: Logger
    private let budget = Mutex(RateBudget())
    private let start = ContinuousClock.now

    private static let answerBytesMax = 64 << 20

    init(
        _ configuration: OpenAIConfiguration, _ ledger: any CallLedger, http: HTTPClient,
        logger: Logger
    ) {
        self.configuration = configuration
        self.ledger = ledger
        self.http = http
        self.logger = logger
    }

    /// Sends one request within the rate budget. Resends it while the server is rate limiting;
    /// fails as unavailable if the next turn is later than `turnWaitMax` allows.
    ///
    /// - Parameter isWanted: checked before each attempt, so that no call is billed for vectors
    ///   that no caller waits for.
    func vectors(
        of parts: [RequestPart], while isWanted: @Sendable () async -> Bool
    ) async -> RequestPacker.Answer {
        do throws(RequestFailure) {
            let texts = parts.flatMap(\.texts)
            let tokens = parts.reduce(0) { $0 + $1.tokens }
            let request = try request(texts)
            let end = now + configuration.turnWaitMax
            while true {
                try await takeTurn(tokens, before: end)
                guard await isWanted() else { throw Self.cancelled }
                let reply = try await accounted(parts) { await self.send(request, texts.count) }
                switch reply.result {
                case .success(let vectors): return .success(vectors)
                case .failure(.limited): continue
                case .failure(.final(let failure)): return .failure(failure)
                }
            }
        } catch {
            return .failure(error)
        }
    }

    /// The outcome of one request.
    private struct Reply {
        enum Failure: Error {
            /// The server is rate limiting. The request can be sent again later.
            case limited
            case final(RequestFailure)

            var code: FailureCode {
                switch self {
                case .limited: .provider(.rateLimit)
                case .final(let failure): failure.jobFailure.code
                }
            }
        }

        var result: Result<[[Float]], Failure>
        var tokens: Int?
        var requestID: String?

        static func failed(_ failure: RequestFailure) -> Reply {
            Reply(result: .failure(.final(failure)))
        }
    }

    /// Records the call in the ledger, one share per part: its begin before the request, its
    /// outcome after it. A failed begin prevents the request; a failed end is only logged.
    private func accounted(
        _ parts: [RequestPart], _ send: () async -> Reply
    ) async throws(RequestFailure) -> Reply {
        let call = ProviderCall(
            provider: configuration.baseURL, model: configuration.model,
            shares: parts.map { part in
                ProviderCall.Share(
                    operation: part.subject.isQuery ? .query : .embed, subject: part.subject,
                    units: part.texts.count,
                    bytes: part.texts.reduce(0) { $0 + $1.utf8.count })
            })
        do {
            try await ledger.begin(call)
        } catch {
            throw .failed(error)
        }
        let begun = now
        let reply = await send()
        var code: FailureCode?
        if case .failure(let failure) = reply.result { code = failure.code }
        let outcome = CallOutcome(
            failure: code, tokens: reply.tokens, duration: now - begun, requestID: reply.requestID)
        do {
            try await ledger.end(call, outcome)
        } catch {
            logger.warning(
                "cannot record the end of a provider call",
                metadata: ["call": "\(call.id)", "error": "\(error)"])
        }
        return reply
    }

    private var now: Duration { start.duration(to: .now) }

    private func takeTurn(_ tokens: Int, before end: Duration) async throws(RequestFailure) {
        while let wait = budget.withLock({ $0.take(tokens: tokens, at: now) }) {
            guard now + wait <= end else {
                throw .failed(
                    .unavailable(
                        .provider(.rateLimit), "the provider's rate limit is reached for \(wait)",
                        for: wait))
            }
            do {
                try await Task.sleep(for: wait)
            } catch {
                throw Self.cancelled
            }
        }
    }

    private static let cancelled = RequestFailure.failed(
        .transient(.worker(.cancelled), "the work was cancelled"))

    private func send(_ request: HTTPClientRequest, _ count: Int) async -> Reply {
        let answer: ProviderAnswer
        do {
            answer = try await http.exchange(
                request, timeout: configuration.timeout, bytesMax: Self.answerBytesMax)
        } catch {
            return .failed(.failed(error))
        }
        budget.withLock { $0.note(answer.header, at: now) }
        var reply = answer.status == 200 ? read(answer.body, count) : refused(RefusedAnswer(answer))
        reply.requestID = answer.header("x-request-id")
        return reply
    }

    private func refused(_ answer: RefusedAnswer) -> Reply {
        guard let pause = answer.rateLimitPause else {
            return .failed(answer.failure(repairPause: configuration.repairPause))
        }
        logger.notice("rate limited", metadata: ["pause": "\(pause)"])
        budget.withLock { $0.pause(for: pause, at: now) }
        return Reply(result: .failure(.limited))
    }

    private func read(_ body: [UInt8], _ count: Int) -> Reply {
        let answer: EmbeddingsResponse
        do {
            answer = try JSONDecoder().decode(EmbeddingsResponse.self, from: Data(body))
        } catch {
            var reply = Reply.failed(
                .failed(
                    .transient(
                        .provider(.answerUnreadable), "the response cannot be decoded as vectors")))
            reply.tokens = EmbeddingsResponse.usage(in: body)?.total_tokens
            return reply
        }
        var reply: Reply
        do throws(JobFailure) {
            reply = Reply(
                result: .success(
                    try answer.vectors(count: count, width: configuration.space.width)))
        } catch {
            reply = .failed(.failed(error))
        }
        // Counted tokens are billed even if the response is unusable.
        reply.tokens = answer.usage?.total_tokens
        return reply
    }

    /// Requests the list of models, which is free of charge. Any response counts as reachable,
    /// including a refusal.
    ///
    /// - Source: https://platform.openai.com/docs/api-reference/models/list
    func probe() async throws(JobFailure) {
        _ = try await http.exchange(
            request("/models", .GET), timeout: min(configuration.timeout, .seconds(10)),
            bytesMax: 16 << 20)
    }

    private func request(_ path: String, _ method: HTTPMethod) -> HTTPClientRequest {
        var request = HTTPClientRequest(url: configuration.baseURL + path)
        request.method = method
        if let key = configuration.key {
            request.headers.add(name: "Authorization", value: "Bearer \(key.value)")
        }
        return request
    }

    private func request(_ texts: [String]) throws(RequestFailure) -> HTTPClientRequest {
        var request = request("/embeddings", .POST)
        request.headers.add(name: "Content-Type", value: "application/json")
        do {
            let body = try JSONEncoder().encode(
                EmbeddingsRequest(
                    model: configuration.model, input: texts,
                    dimensions: configuration.dimensions))
            request.body = .bytes(ByteBuffer(bytes: body))
        } catch {
            throw .rejected(
                .permanent(.machine(.embeddingRequest), "the texts cannot be encoded as JSON"))
        }
        return request
    }
}
