package import Domain
package import ProviderHTTP

/// How to reach an embeddings API that speaks OpenAI's protocol, and what it takes.
package struct OpenAIConfiguration: Sendable {
    /// Up to and without `/embeddings`, as in `https://api.openai.com/v1`.
    package var baseURL: String
    package var key: APIKey?
    package var model: String
    package var space: VectorSpace
    /// Sent as `dimensions`, which servers refuse for models that do not know it; `nil` sends
    /// nothing.
    package var dimensions: Int?
    /// Texts of one request; 2,048 with OpenAI, 32 with a TEI server as it comes.
    package var inputsMax: Int
    /// Tokens of one request by the server's own estimate, a token for four bytes; 300,000 with
    /// OpenAI.
    package var requestTokensMax: Int
    /// Requests on their way at once.
    package var requestsMax: Int
    /// Of one request, from its first byte to the answer's last.
    package var timeout: Duration
    /// How long a request waits for the texts of other jobs.
    package var linger: Duration
    /// How long a call waits for its turn within the rate budget before the job is put off.
    package var patience: Duration
    /// How long a provider is left alone that only a person can mend: no credit, a bad key.
    package var repairPause: Duration

    package init(
        baseURL: String, key: APIKey?, model: String, space: VectorSpace, dimensions: Int? = nil,
        inputsMax: Int = 2048, requestTokensMax: Int = 300_000, requestsMax: Int = 8,
        timeout: Duration = .seconds(60), linger: Duration = .milliseconds(5),
        patience: Duration = .seconds(30), repairPause: Duration = .seconds(300)
    ) {
        self.baseURL = baseURL.hasSuffix("/") ? String(baseURL.dropLast()) : baseURL
        self.key = key
        self.model = model
        self.space = space
        self.dimensions = dimensions
        self.inputsMax = inputsMax
        self.requestTokensMax = requestTokensMax
        self.requestsMax = requestsMax
        self.timeout = timeout
        self.linger = linger
        self.patience = patience
        self.repairPause = repairPause
    }
}

/// What is known of a model of OpenAI.
package struct OpenAIModel: Sendable, Equatable {
    /// Numbers of a vector, at most the stored width.
    package var width: Int
    /// Sent with each request; `nil` where the model has one width only.
    package var dimensions: Int?

    /// - Source: https://platform.openai.com/docs/guides/embeddings
    package static func named(_ name: String) -> OpenAIModel? {
        switch name {
        case "text-embedding-ada-002": OpenAIModel(width: 1536, dimensions: nil)
        case "text-embedding-3-small": OpenAIModel(width: 1536, dimensions: 1536)
        // 3,072 wide unless asked for less.
        case "text-embedding-3-large": OpenAIModel(width: 1536, dimensions: 1536)
        default: nil
        }
    }
}
