package import ProviderHTTP

/// How LlamaParse is asked.
package struct LlamaParseConfiguration: Sendable {
    /// Up to and without `/api`, as in `https://api.cloud.llamaindex.ai`.
    package var baseURL: String
    package var key: APIKey?
    /// What decides how a text comes out.
    package var model: Model
    package var webhook: Webhook?
    /// Of one request.
    package var timeout: Duration
    /// From the upload to the result.
    package var deadline: Duration
    package var firstPoll: Duration
    package var longestPoll: Duration
    /// How long a provider is left alone that only a person can mend.
    package var repairPause: Duration

    /// The version of the API, and how it is told to parse.
    package enum Model: Sendable, Equatable, CustomStringConvertible {
        /// By a mode, as in `parse_page_with_llm`.
        case v1(mode: String)
        /// By a tier, `cost_effective`, `agentic` or `agentic_plus` (`fast` gives no Markdown), in a
        /// dated version: `latest` would change the texts unasked.
        case v2(tier: String, version: String)

        package var description: String {
            switch self {
            case .v1(let mode): "v1:\(mode)"
            case .v2(let tier, let version): "\(tier)@\(version)"
            }
        }
    }

    /// Where the service tells that a job has ended, and the secret it signs that with.
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
