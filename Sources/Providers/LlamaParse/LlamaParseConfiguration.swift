package import ProviderHTTP

/// Address, parsing mode and timeouts of LlamaParse.
package struct LlamaParseConfiguration: Sendable {
    /// The URL without `/api`, for example `https://api.cloud.llamaindex.ai`.
    package var baseURL: String
    package var key: APIKey?
    /// The API version and parsing mode, which determine the resulting text.
    package var model: Model
    package var webhook: Webhook?
    /// Per request.
    package var timeout: Duration
    /// How long one attempt polls for the result.
    package var deadline: Duration
    package var firstPoll: Duration
    package var longestPoll: Duration
    /// How long to pause after a failure that only an operator can fix: no credit, a bad key.
    package var repairPause: Duration

    /// The API version and its parsing mode.
    package enum Model: Sendable, Equatable, CustomStringConvertible {
        /// A mode, for example `parse_page_with_llm`.
        case v1(mode: String)
        /// A tier (`cost_effective`, `agentic` or `agentic_plus`; `fast` returns no Markdown) in a
        /// dated version. `latest` would change the texts without notice.
        case v2(tier: String, version: String)

        package var description: String {
            switch self {
            case .v1(let mode): "v1:\(mode)"
            case .v2(let tier, let version): "\(tier)@\(version)"
            }
        }
    }

    /// The URL that the service notifies when a job ends, and the secret that signs the events.
    package struct Webhook: Sendable {
        package var url: String
        package var secret: APIKey

        package init(url: String, secret: APIKey) {
            self.url = url
            self.secret = secret
        }
    }

    package init(
        baseURL: String, key: APIKey?,
        model: Model = .v2(tier: "cost_effective", version: "2026-09-28"),
        webhook: Webhook? = nil, timeout: Duration = .seconds(120),
        deadline: Duration = .seconds(3600), firstPoll: Duration = .seconds(1),
        longestPoll: Duration = .seconds(15), repairPause: Duration = .seconds(300)
    ) {
        self.baseURL = baseURL.hasSuffix("/") ? String(baseURL.dropLast()) : baseURL
        self.key = key
        self.model = model
        self.webhook = webhook
        self.timeout = timeout
        self.deadline = deadline
        self.firstPoll = firstPoll
        self.longestPoll = longestPoll
        self.repairPause = repairPause
    }
}
