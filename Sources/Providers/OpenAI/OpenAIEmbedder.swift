// OpenAI: embeddings over OpenAI's protocol, of OpenAI itself or any server that speaks it.
//
// Invariants: a job's texts travel in one request wherever they fit into one, so that a request
// which fails loses no vector of another; nothing is sent past the rate budget that the server
// told of; no text and no key is logged or stands in an error.
// Neighbours: implements the port `Pipeline.Embedder`; mock-services speaks the other side.
// Source: https://github.com/openai/openai-openapi, createEmbedding.

package import AsyncHTTPClient
package import Domain
package import Logging
package import Pipeline
import ProviderHTTP

/// Embeds through an API that speaks OpenAI's protocol.
package struct OpenAIEmbedder: Embedder {
    package let space: VectorSpace
    /// Texts of one job in a request; many jobs share one.
    package let batchMax: Int
    private let packer: RequestPacker

    private let endpoint: EmbeddingsEndpoint

    package init(
        _ configuration: OpenAIConfiguration, ledger: any CallLedger,
        http: HTTPClient = ProviderClient.shared, logger: Logger
    ) {
        space = configuration.space
        batchMax = min(configuration.inputsMax, 256)
        endpoint = EmbeddingsEndpoint(configuration, ledger, http: http, logger: logger)
        packer = RequestPacker(
            inputsMax: configuration.inputsMax, tokensMax: configuration.requestTokensMax,
            requestsMax: configuration.requestsMax, linger: configuration.linger
        ) { [endpoint] parts in await endpoint.vectors(of: parts) }
    }

    package func embed(
        _ texts: [String], for subject: CallSubject
    ) async throws(StageFailure) -> [[Float]] {
        guard (1...batchMax).contains(texts.count) else {
            throw .permanent("embedding_batch", "\(texts.count) texts in a batch of \(batchMax)")
        }
        return try await packer.vectors(of: RequestPart(subject: subject, texts: texts))
    }
}

extension OpenAIEmbedder: Probeable {
    package func probe() async throws(StageFailure) { try await endpoint.probe() }
}
