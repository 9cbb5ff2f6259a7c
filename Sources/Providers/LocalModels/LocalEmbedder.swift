// LocalModels: embedding models computed in the process.
//
// Purpose: vectors without a service, a key or a network. Without MiniLM's files, feature hashing
// takes its place.
// Invariants: the vector of a text does not depend on the other texts of the call; every vector
// passes `EmbedderCheck`; any change to vectors changes the version of the space; each model is a
// space of its own, and a process may have several models open.
// Neighbours: implements the port `Pipeline.Embedder`; the arithmetic is in CLocalModels.

import Hashing
package import Logging
package import Pipeline
import ProgramFrame
package import ProviderSetup

extension EmbedderChoice {
    private static let model = Setting<LocalModel>.choice(
        "local-model",
        "Model of the embedder 'local': minilm, all-MiniLM-L6-v2, for English; or "
            + "multilingual-e5-small, for about 100 languages. Each is an embedding space of its "
            + "own",
        default: .miniLM)
    private static let miniLMPath = Setting.optionalText(
        "minilm-path",
        "Folder of model.safetensors and vocab.txt of all-MiniLM-L6-v2. Without it, minilm is "
            + "replaced by feature hashing, in a separate embedding space")
    private static let e5Path = Setting.optionalText(
        "e5-path", "Folder of e5-small-q4.bin of multilingual-e5-small")

    /// A local model, or feature hashing where MiniLM is not installed.
    package static let local = EmbedderChoice(
        name: "local", summary: "a model in the process", settings: [model, miniLMPath, e5Path]
    ) { context in
        let model = context.settings[model]
        let path =
            switch model {
            case .miniLM: miniLMPath
            case .multilingualE5Small: e5Path
            }
        return BuiltEmbedder(
            try localEmbedder(
                model, directory: context.settings[path], threads: context.computeThreads,
                logger: context.logger))
    }
}

/// The embedder of a local model. Feature hashing takes the place of MiniLM, with a warning, where
/// that is not installed: it is the default, and a first try should not require a download.
///
/// - Parameters:
///   - directory: the folder of the model's files; `nil` for none.
///   - threads: number of compute threads, at least 1; default: the number of cores.
/// - Throws: if a model is present but incomplete, damaged or unreadable. A fallback would then
///   silently add vectors of another space to those of the model. For the same reason, if a model
///   other than the default is not installed.
package func localEmbedder(
    _ model: LocalModel, directory: String?, threads: Int? = nil, logger: Logger
) throws(LocalModelError) -> any Embedder {
    guard let directory, model.isPresent(in: directory) else {
        guard model == .miniLM else {
            throw .notInstalled(
                model: model.fullName, directory: directory,
                advice: "run scripts/install-dependencies multilingual, or use the image that "
                    + "contains it, and set --e5-path")
        }
        logger.warning(
            """
            all-MiniLM-L6-v2 is not installed: embedding by feature hashing instead, which finds \
            about three quarters as much and never mixes with the model's vectors. To install the \
            model, run "make install", or use the image that contains it and set --minilm-path.
            """,
            metadata: ["model_directory": "\(directory ?? "none")"])
        return HashingEmbedder()
    }
    let embedder = try LocalModelEmbedder(model, directory: directory, threads: threads)
    logger.info(
        "embedding locally",
        metadata: ["space": "\(embedder.space)", "kernels": "\(Transformer.kernels)"])
    return embedder
}
