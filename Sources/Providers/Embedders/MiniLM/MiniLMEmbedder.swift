package import Domain
package import Pipeline

import Glibc

/// The sentence embedding model all-MiniLM-L6-v2, computed in this process.
///
/// Gives the vectors of the reference implementation for texts within the model's window of 256
/// tokens. The reference cuts off what is longer; this one embeds it in windows of even length,
/// cut between words, and takes the mean over the tokens of all of them, so that no text is lost.
/// Computes on threads of its own, never on those of Swift concurrency.
package final class MiniLMEmbedder: Embedder {
    package let space = MiniLMInstallation.space
    package let batchMax = 64

    /// The longest text, in UTF-8 bytes: a bound on one call's time, far above any chunk.
    package static let textBytesMax = 1 << 17

    private let model: MiniLMModel
    private let tokenizer: WordPieceTokenizer
    private let lanes: WorkLanes<MiniLMWorkspace>

    /// Opens the model, which blocks for about 0.4 s while the files are verified.
    ///
    /// - Parameters:
    ///   - modelDirectory: where `model.safetensors` and `vocab.txt` are.
    ///   - threads: threads that compute, each with 8 MB of its own; the cores unless given.
    package init(modelDirectory: String, threads: Int? = nil) throws(MiniLMError) {
        (model, tokenizer) = try MiniLMInstallation.open(modelDirectory)
        let count = max(1, threads ?? sysconf(Int32(_SC_NPROCESSORS_ONLN)))
        var workspaces: [MiniLMWorkspace] = []
        for _ in 0..<count {
            workspaces.append(try MiniLMWorkspace(tokensMax: TokenBatches.tokensMax))
        }
        lanes = WorkLanes(label: "minilm", workspaces: workspaces)
    }

    package func embed(
        _ texts: [String], for subject: CallSubject
    ) async throws(StageFailure) -> [[Float]] {
        try check(texts)
        let windows = try await windows(of: texts)
        let batches = TokenBatches(windows, lanes: lanes.count)
        let means = try await lanes.map(batches.passes) {
            [model] pass, workspace throws(StageFailure) in
            try model.means(of: pass.map(\.tokens), in: workspace)
        }
        var vectors: [[Float]] = []
        for sum in batches.sums(of: means, texts: texts.count) {
            guard let vector = sum.storedUnitVector else {
                throw .permanent("embedding_zero", "MiniLM gave a vector without a direction")
            }
            vectors.append(vector)
        }
        return vectors
    }

    /// The vector of the query's first window of 256 tokens.
    package func embedQuery(
        _ query: String, for subject: CallSubject
    ) async throws(StageFailure) -> [Float] {
        try check([query])
        let window = try await windows(of: [query])[0][0]
        let means = try await lanes.map([window]) {
            [model] tokens, workspace throws(StageFailure) in
            try model.means(of: [tokens], in: workspace)[0]
        }
        guard let vector = means[0].storedUnitVector else {
            throw .permanent("embedding_zero", "MiniLM gave a vector without a direction")
        }
        return vector
    }

    /// Texts this short are cut into tokens by the caller, in less than a millisecond: for a lane they
    /// would wait as long as a long document's pass takes.
    private static let shortBytes = 4096

    /// Each text's windows.
    private func windows(of texts: [String]) async throws(StageFailure) -> [[[Int32]]] {
        guard texts.reduce(0, { $0 + $1.utf8.count }) > Self.shortBytes else {
            return texts.map { TokenWindows(tokenizer.tokens(of: $0)).sequences }
        }
        return try await lanes.map(texts) { [tokenizer] text, _ in
            TokenWindows(tokenizer.tokens(of: text)).sequences
        }
    }

    private func check(_ texts: [String]) throws(StageFailure) {
        guard (1...batchMax).contains(texts.count) else {
            throw .permanent("embedding_batch", "\(texts.count) texts in a batch of \(batchMax)")
        }
        if let long = texts.first(where: { $0.utf8.count > Self.textBytesMax }) {
            throw .permanent(
                "embedding_text_too_long",
                "a text of \(long.utf8.count) bytes exceeds \(Self.textBytesMax)")
        }
    }
}
