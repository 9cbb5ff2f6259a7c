// Embedders: embedders that run inside the process.
//
// Purpose: vectors without a provider, a key or a network. `MiniLMEmbedder` runs the model
// all-MiniLM-L6-v2, `HashingEmbedder` needs no file at all, `MockEmbedder` is for tests.
//
// Invariants: the vector of a text does not depend on the other texts of the call; every vector
// passes `EmbedderCheck`; each embedder has its own vector space, and any change to its vectors
// changes its version.
//
// Neighbours: implements the port `Pipeline.Embedder`; the arithmetic is in CMiniLM.

package import Logging
package import Pipeline

/// The best local embedder that is installed: MiniLM, or feature hashing with a warning.
///
/// - Parameters:
///   - modelDirectory: the directory of `model.safetensors` and `vocab.txt`; `nil` for no model.
///   - threads: number of compute threads, at least 1; default: the number of cores.
/// - Throws: if a model is present but incomplete, damaged or unreadable. A fallback would then
///   silently add vectors of another space to those of the model.
package func localEmbedder(
    modelDirectory: String?, threads: Int? = nil, logger: Logger
) throws(MiniLMError) -> any Embedder {
    guard let modelDirectory, MiniLMInstallation.isPresent(in: modelDirectory) else {
        logger.warning(
            """
            all-MiniLM-L6-v2 is not installed: embedding by feature hashing instead, which finds \
            about three quarters as much and never mixes with the model's vectors. \
            To install the model run "make install".
            """,
            metadata: ["model_directory": "\(modelDirectory ?? "none")"])
        return HashingEmbedder()
    }
    let embedder = try MiniLMEmbedder(modelDirectory: modelDirectory, threads: threads)
    logger.info(
        "embedding locally",
        metadata: ["space": "\(embedder.space)", "kernels": "\(MiniLMModel.kernels)"])
    return embedder
}
