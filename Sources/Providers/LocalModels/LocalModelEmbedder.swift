package import Domain
package import Pipeline

import Glibc

/// A local model, computed in this process.
///
/// Returns the vectors of the reference implementation for texts within the model's window. The
/// reference truncates longer texts. This embedder splits them between words into windows of even
/// length and takes the mean over all tokens, so that no text is lost.
/// Computes on its own threads, never on those of Swift concurrency.
package final class LocalModelEmbedder: Embedder {
    package let space: EmbeddingSpace
    package let batchMax = 64

    /// Maximum length of a text in UTF-8 bytes. Bounds the time of one call; far above any chunk.
    package static let textBytesMax = 1 << 17

    private let model: LoadedModel
    private let lanes: ComputeThreads<TransformerWorkspace>

    /// Opens the model, which blocks for about 0.4 s while the files are verified.
    ///
    /// - Parameters:
    ///   - directory: the folder of the model's files.
    ///   - threads: number of compute threads, 8 MB each; default: the number of cores.
    package init(
        _ model: LocalModel, directory: String, threads: Int? = nil
    ) throws(LocalModelError) {
        space = model.space
        self.model = try model.load(from: directory)
        let count = max(1, threads ?? sysconf(Int32(_SC_NPROCESSORS_ONLN)))
        var workspaces: [TransformerWorkspace] = []
        for _ in 0..<count {
            workspaces.append(try TransformerWorkspace(tokensMax: TokenBatches.tokensMax))
        }
        lanes = ComputeThreads(label: model.rawValue, workspaces: workspaces)
    }

    package func embed(
        _ texts: [String], for subject: CallSubject
    ) async throws(JobFailure) -> [[Float]] {
        try check(texts)
        let windows = try await windows(of: texts, in: model.passage)
        let batches = TokenBatches(windows, lanes: lanes.count)
        let means = try await lanes.map(batches.passes) {
            [model] pass, workspace throws(JobFailure) in
            try model.transformer.means(of: pass.map(\.tokens), in: workspace)
        }
        var vectors: [[Float]] = []
        for sum in batches.sums(of: means, texts: texts.count) {
            vectors.append(try Self.stored(sum))
        }
        return vectors
    }

    /// The stored vector in the direction of `sum`.
    ///
    /// - Throws: a permanent failure if there is none, because the model returns the same numbers
    ///   for the same text.
    static func stored(_ sum: [Float]) throws(JobFailure) -> [Float] {
        guard let vector = sum.storedUnitVector else {
            throw .permanent(
                .embedder(.modelRefused), "the model returned a vector of zeros, NaN or infinity")
        }
        return vector
    }

    /// The vector of the query's first window.
    package func embedQuery(
        _ query: String, for subject: CallSubject
    ) async throws(JobFailure) -> [Float] {
        try check([query])
        let window = try await windows(of: [query], in: model.query)[0][0]
        let means = try await lanes.map([window]) {
            [model] tokens, workspace throws(JobFailure) in
            try model.transformer.means(of: [tokens], in: workspace)[0]
        }
        return try Self.stored(means[0])
    }

    /// Calls with at most this many bytes are tokenized by the caller, in less than a millisecond.
    /// In a lane they could wait for the pass of a long document.
    private static let shortBytes = 4096

    /// Each text's windows.
    private func windows(
        of texts: [String], in frame: TokenFrame
    ) async throws(JobFailure) -> [[[Int32]]] {
        guard texts.reduce(0, { $0 + $1.utf8.count }) > Self.shortBytes else {
            return texts.map {
                TokenWindows(model.tokenizer.tokens(of: $0), in: frame).sequences
            }
        }
        return try await lanes.map(texts) { [model] text, _ in
            TokenWindows(model.tokenizer.tokens(of: text), in: frame).sequences
        }
    }

    private func check(_ texts: [String]) throws(JobFailure) {
        guard (1...batchMax).contains(texts.count) else {
            throw .permanent(
                .machine(.embeddingBatch),
                "a call must have 1 to \(batchMax) texts, not \(texts.count)")
        }
        if let long = texts.first(where: { $0.utf8.count > Self.textBytesMax }) {
            throw .permanent(
                .embedder(.inputTooLong),
                "a text of \(long.utf8.count) bytes exceeds the limit of \(Self.textBytesMax) bytes"
            )
        }
    }
}
