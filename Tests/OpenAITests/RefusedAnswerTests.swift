import Domain
import NIOHTTP1
import ProviderHTTP
import Testing

@testable import OpenAI

/// What each error response means for the request and the job.
@Suite struct RefusedAnswerTests {
    private static let pause = Duration.seconds(300)

    private func answer(
        _ status: Int, _ body: String = "", _ headers: [String: String] = [:]
    ) -> RefusedAnswer {
        RefusedAnswer(
            ProviderAnswer(
                status: status, headers: HTTPHeaders(headers.map { ($0.key, $0.value) }),
                body: Array(body.utf8)))
    }

    private func failure(
        _ status: Int, _ body: String = "", _ headers: [String: String] = [:]
    ) -> RequestFailure {
        answer(status, body, headers).failure(repairPause: Self.pause)
    }

    @Test func `a rate limit is a pause, not a failure`() {
        let limit = #"{"error": {"code": "rate_limit_exceeded"}}"#
        #expect(answer(429, limit, ["retry-after": "7"]).rateLimitPause == .seconds(7))
        #expect(
            answer(429, limit, ["retry-after": "7", "retry-after-ms": "250"]).rateLimitPause
                == .milliseconds(250))
        #expect(answer(429).rateLimitPause == .seconds(1))
        #expect(answer(429, limit, ["retry-after": "0"]).rateLimitPause == .milliseconds(100))
        #expect(answer(429, limit, ["retry-after": "-1"]).rateLimitPause == .seconds(1))
        #expect(answer(503).rateLimitPause == nil)
    }

    @Test(arguments: [
        "insufficient_quota", "credit_balance_exhausted", "project_spend_limit_exceeded",
        "organization_usage_limit_exceeded",
    ])
    func `an account without credit makes the provider unavailable`(code: String) {
        let answer = answer(429, #"{"error": {"code": "\#(code)"}}"#, ["retry-after": "1"])
        #expect(answer.rateLimitPause == nil)
        let failure = answer.failure(repairPause: Self.pause).jobFailure
        #expect(failure.class == .unavailable(for: Self.pause))
        #expect(failure.code == .provider(.quota))
    }

    @Test(arguments: [
        (401, "provider_unauthorized"), (403, "provider_unauthorized"),
        (402, "provider_quota"), (404, "provider_not_found"), (302, "provider_not_found"),
    ])
    func `a failure that an operator must fix pauses the provider`(status: Int, code: String) {
        let failure = failure(status).jobFailure
        #expect(failure.class == .unavailable(for: Self.pause))
        #expect(failure.code.rawValue == code)
    }

    @Test(arguments: [408, 409, 500, 502, 503, 504])
    func `a server error is retried, no sooner than requested`(status: Int) {
        guard case .failed(let failure) = failure(status, "oops", ["retry-after": "9"]) else {
            return #expect(Bool(false))
        }
        #expect(failure.class == .transient(after: .seconds(9)))
    }

    @Test func `a request that is too large differs from a text that is too long`() {
        let tooLarge = [
            (400, #"{"error": {"code": "max_tokens_per_request"}}"#),
            (400, #"{"error": {"message": "Requested 400000, max 300000 tokens per request"}}"#),
            (400, #"{"error": {"code": "array_above_max_length"}}"#),
            (413, ""), (422, #"{"error": "batch size 64 > maximum allowed batch size 32"}"#),
        ]
        for (status, body) in tooLarge {
            #expect(
                failure(status, body) == .rejected(failure(status, body).jobFailure), "\(body)")
            #expect(failure(status, body).jobFailure.class == .permanent)
            #expect(
                failure(status, body).jobFailure.code == .embedder(.requestTooLarge), "\(body)")
        }
        let tooLong = [
            (400, #"{"error": {"message": "This model's maximum context length is 8192 tokens"}}"#),
            // llama.cpp
            (
                500,
                #"{"error": {"message": "input is too large to process. increase the physical "#
                    + #"batch size", "type": "server_error"}}"#
            ),
        ]
        for (status, body) in tooLong {
            #expect(
                failure(status, body)
                    == .rejected(failure(status, body).jobFailure), "\(body)")
            #expect(failure(status, body).jobFailure.class == .permanent)
            #expect(failure(status, body).jobFailure.code == .embedder(.inputTooLong))
        }
    }

    @Test func `any other refusal is permanent, and its message contains no text`() {
        let body =
            #"{"error": {"message": "bad input: 'my secret text'", "#
            + #""type": "invalid_request_error"}}"#
        let failure = failure(400, body).jobFailure
        #expect(failure.class == .permanent)
        #expect(failure.code == .provider(.refused))
        #expect(failure.message == "the server returned status 400 (invalid_request_error)")
    }

    @Test func `a server that requests a retry is called again`() {
        let failure = failure(418, "", ["x-should-retry": "true"]).jobFailure
        #expect(failure.class == .transient(after: nil))
    }
}
