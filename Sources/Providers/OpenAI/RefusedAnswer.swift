import Domain
import ProviderHTTP

/// An error response, and what it means for the request.
///
/// Server messages are inspected but never passed on, because they may quote a text.
/// - Source: https://platform.openai.com/docs/guides/error-codes and the servers' own sources.
struct RefusedAnswer {
    let status: Int
    let detail: ErrorResponse.Detail?
    /// The wait that the server requested.
    let wait: Duration?
    /// `x-should-retry`, if present.
    let shouldRetry: Bool?

    init(_ answer: ProviderAnswer) {
        status = answer.status
        detail = ErrorResponse.read(answer.body)
        wait = answer.retryAfter
        shouldRetry = answer.header("x-should-retry").map { $0 == "true" }
    }

    /// How long to pause all requests to the provider after a rate limit, at least 100 ms, so
    /// that a server that requests no pause is not called in a tight loop; `nil` if the response is
    /// not a rate limit.
    var rateLimitPause: Duration? {
        status == 429 && !isQuota ? max(wait ?? .seconds(1), .milliseconds(100)) : nil
    }

    /// - Parameter pause: how long to wait after a failure that only an operator can fix, before
    ///   checking whether it has been fixed.
    func failure(repairPause pause: Duration) -> RequestFailure {
        let named = [detail?.code, detail?.type].compactMap { $0 }.first.map(Self.word)
        let what = "the server returned status \(status)" + (named.map { " (\($0))" } ?? "")
        if isQuota {
            return .failed(
                .unavailable(.provider(.quota), "\(what): the account has no credit", for: pause))
        }
        if isTooLong { return .rejected(.permanent(.embedder(.inputTooLong), what)) }
        if isTooLarge { return .rejected(.permanent(.embedder(.requestTooLarge), what)) }
        switch status {
        case 401, 403:
            return .failed(
                .unavailable(.provider(.unauthorized), "\(what): check the key", for: pause))
        case 300..<400, 404, 405, 407, 421:
            return .failed(
                .unavailable(
                    .provider(.notFound), "\(what): check the address and the model",
                    for: pause))
        case 408, 409, 425, 500...:
            return .failed(.transient(.provider(.error), what, after: wait))
        default:
            return shouldRetry == true
                ? .failed(.transient(.provider(.error), what, after: wait))
                : .rejected(.permanent(.provider(.refused), what))
        }
    }

    private static let quotaCodes: Set<String> = [
        "insufficient_quota", "credit_balance_exhausted", "billing_hard_limit_reached",
        "billing_not_active", "organization_spend_limit_exceeded", "project_spend_limit_exceeded",
        "organization_usage_limit_exceeded",
    ]

    private var isQuota: Bool {
        [detail?.code, detail?.type].contains { $0.map(Self.quotaCodes.contains) == true }
            || status == 402
    }

    /// Whether smaller calls may succeed.
    private var isTooLarge: Bool {
        status == 413 || detail?.code == "max_tokens_per_request"
            || detail?.code == "array_above_max_length"
            || messageContains(
                "max_tokens_per_request", "max 300000 tokens per request", "batch size",
                "array too long")
    }

    /// Whether a single text exceeds the model's limit, which smaller calls do not change.
    private var isTooLong: Bool {
        detail?.code == "context_length_exceeded"
            || messageContains(
                "maximum context length", "max context size", "too large to process",
                "input is too long", "must have less than")
    }

    private func messageContains(_ phrases: String...) -> Bool {
        guard let message = detail?.message?.lowercased() else { return false }
        return phrases.contains { message.contains($0) }
    }

    /// Keeps only letters, digits and underscores, at most 60: a code contains nothing else.
    private static func word(_ text: String) -> String {
        String(text.prefix(60).filter { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") })
    }
}
