package import Domain
package import ProviderHTTP

/// Address and limits of an embeddings API that implements OpenAI's protocol.
package struct OpenAIConfiguration: Sendable {
    /// The URL without `/embeddings`, for example `https://api.openai.com/v1`.
    package var baseURL: String
    package var key: APIKey?
    package var model: String
    package var space: EmbeddingSpace
    package var prefixes: EmbeddingPrefixes
    /// Sent as `dimensions`; `nil` omits the field, because servers reject it for models that do
    /// not support it.
    package var dimensions: Int?
    /// Maximum texts per request: 2,048 for OpenAI, 32 by default for a TEI server.
    package var inputsMax: Int
    /// Maximum tokens per request by the server's own estimate of one token per four bytes:
    /// 300,000 for OpenAI.
    package var requestTokensMax: Int
    /// Maximum concurrent requests.
    package var requestsMax: Int
    /// Per request, from its first byte to the last byte of the response.
    package var timeout: Duration
    /// How long a request waits for the texts of other jobs.
    package var linger: Duration
    /// How long a request waits for the rate budget before its jobs are postponed.
    package var turnWaitMax: Duration
    /// How long to pause after a failure that only an operator can fix: no credit, a bad key.
    package var repairPause: Duration

    package init(
        baseURL: String, key: APIKey?, model: String, space: EmbeddingSpace,
        prefixes: EmbeddingPrefixes = .init(), dimensions: Int? = nil,
        inputsMax: Int = 2048, requestTokensMax: Int = 300_000, requestsMax: Int = 8,
        timeout: Duration = .seconds(60), linger: Duration = .milliseconds(5),
        turnWaitMax: Duration = .seconds(30), repairPause: Duration = .seconds(300)
    ) {
        self.baseURL = baseURL.hasSuffix("/") ? String(baseURL.dropLast()) : baseURL
        self.key = key
        self.model = model
        self.space = space
        self.prefixes = prefixes
        self.dimensions = dimensions
        self.inputsMax = inputsMax
        self.requestTokensMax = requestTokensMax
        self.requestsMax = requestsMax
        self.timeout = timeout
        self.linger = linger
        self.turnWaitMax = turnWaitMax
        self.repairPause = repairPause
    }
}

/// Known properties of an OpenAI model.
package struct OpenAIModel: Sendable, Equatable {
    /// Numbers of a vector, at most the stored width.
    package var width: Int
    /// Sent with each request; `nil` if the model has a fixed width.
    package var dimensions: Int?

    /// - Source: https://platform.openai.com/docs/guides/embeddings
    package static func named(_ name: String) -> OpenAIModel? {
        switch name {
        case "text-embedding-ada-002": OpenAIModel(width: 1536, dimensions: nil)
        case "text-embedding-3-small": OpenAIModel(width: 1536, dimensions: 1536)
        // 3,072 numbers by default.
        case "text-embedding-3-large": OpenAIModel(width: 1536, dimensions: 1536)
        default: nil
        }
    }
}
