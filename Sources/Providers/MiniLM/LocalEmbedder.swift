// MiniLM: the model all-MiniLM-L6-v2, computed in the process.
//
// Purpose: vectors without a service, a key or a network. Without the model's files, feature
// hashing takes its place.
// Invariants: the vector of a text does not depend on the other texts of the call; every vector
// passes `EmbedderCheck`; any change to vectors changes the version of the space.
// Neighbours: implements the port `Pipeline.Embedder`; the arithmetic is in CMiniLM.

import Hashing
package import Logging
package import Pipeline
import ProgramFrame
package import ProviderSetup

extension EmbedderChoice {
    private static let path = Setting.optionalText(
        "minilm-path",
        "Folder of the local model's model.safetensors and vocab.txt. Without it, vectors are "
            + "computed by feature hashing, in a separate embedding space")

    /// The local model, or feature hashing where it is not installed.
    package static let local = EmbedderChoice(
        name: "local", summary: "a model in the process", settings: [path]
    ) { context in
        BuiltEmbedder(
            try localEmbedder(
                modelDirectory: context.settings[path], threads: context.computeThreads,
                logger: context.logger))
    }
}

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
            about three quarters as much and never mixes with the model's vectors. To install the \
            model, run "make install", or use the image that contains it and set --minilm-path.
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
