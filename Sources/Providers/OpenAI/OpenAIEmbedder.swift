// OpenAI: embeddings over OpenAI's protocol, from OpenAI itself or any compatible server.
//
// Invariants: the texts of one call share one request if they fit, so that a failed request loses
// no vectors of another; no request exceeds the rate budget that the server last reported; logs
// and errors contain no text and no key.
// Neighbours: implements the port `Pipeline.Embedder`; mock-services implements the server side.
// Source: https://github.com/openai/openai-openapi, createEmbedding.

package import AsyncHTTPClient
package import Domain
package import Logging
package import Pipeline
import ProviderHTTP

/// Embeds through an API that implements OpenAI's protocol.
package struct OpenAIEmbedder: Embedder {
    package let space: EmbeddingSpace
    /// Maximum texts per call. The calls of many jobs share one request.
    package let batchMax: Int
    private let prefixes: EmbeddingPrefixes
    private let packer: RequestPacker

    private let endpoint: EmbeddingsEndpoint

    package init(
        _ configuration: OpenAIConfiguration, ledger: any CallLedger,
        http: HTTPClient = ProviderClient.shared, logger: Logger
    ) {
        space = configuration.space
        prefixes = configuration.prefixes
        batchMax = min(configuration.inputsMax, 256)
        endpoint = EmbeddingsEndpoint(configuration, ledger, http: http, logger: logger)
        packer = RequestPacker(
            inputsMax: configuration.inputsMax, tokensMax: configuration.requestTokensMax,
            requestsMax: configuration.requestsMax, linger: configuration.linger
        ) { [endpoint] parts, isWanted in await endpoint.vectors(of: parts, while: isWanted) }
    }

    package func embed(
        _ texts: [String], for subject: CallSubject
    ) async throws(JobFailure) -> [[Float]] {
        guard (1...batchMax).contains(texts.count) else {
            throw .permanent(
                .machine(.embeddingBatch),
                "a call must have 1 to \(batchMax) texts, not \(texts.count)")
        }
        let prefixed = texts.map { prefixes.passage + $0 }
        return try await packer.vectors(of: RequestPart(subject: subject, texts: prefixed))
    }

    package func embedQuery(
        _ query: String, for subject: CallSubject
    ) async throws(JobFailure) -> [Float] {
        let part = RequestPart(subject: subject, texts: [prefixes.query + query])
        return try await packer.vectors(of: part)[0]
    }
}

extension OpenAIEmbedder: Probeable {
    package func probe() async throws(JobFailure) { try await endpoint.probe() }
}
