package import ProviderHTTP

/// How LlamaParse is asked.
package struct LlamaParseConfiguration: Sendable {
    /// Up to and without `/api`, as in `https://api.cloud.llamaindex.ai`.
    package var baseURL: String
    package var key: APIKey?
    /// `cost_effective`, `agentic` or `agentic_plus`; `fast` gives no Markdown.
    package var tier: String
    /// A dated version of the tier: `latest` would change the texts unasked.
    package var version: String
    /// Of one request.
    package var timeout: Duration
    /// From the upload to the result.
    package var deadline: Duration
    package var firstPoll: Duration
    package var longestPoll: Duration
    /// How long a provider is left alone that only a person can mend.
    package var repairPause: Duration

    package init(
        baseURL: String, key: APIKey?, tier: String = "cost_effective",
        version: String = "2026-09-28", timeout: Duration = .seconds(120),
        deadline: Duration = .seconds(3600), firstPoll: Duration = .seconds(1),
        longestPoll: Duration = .seconds(15), repairPause: Duration = .seconds(300)
    ) {
        self.baseURL = baseURL.hasSuffix("/") ? String(baseURL.dropLast()) : baseURL
        self.key = key
        self.tier = tier
        self.version = version
        self.timeout = timeout
        self.deadline = deadline
        self.firstPoll = firstPoll
        self.longestPoll = longestPoll
        self.repairPause = repairPause
    }
}
