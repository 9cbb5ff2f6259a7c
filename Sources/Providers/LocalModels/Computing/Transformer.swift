import CLocalModels
import Domain

/// A text encoder's weights, mapped into memory that is shared with other processes.
///
/// Sendable because the C model is read-only once open, and closed only on deinit.
final class Transformer: @unchecked Sendable {
    /// Numbers per vector.
    static let width = Int(TRANSFORMER_WIDTH)

    private let pointer: OpaquePointer

    /// - Parameter open: the function of CLocalModels that reads the form of the file.
    init(_ file: borrowing InstalledFile, _ open: ModelOpener) throws(LocalModelError) {
        if let fault = transformer_load_products() {
            throw .unreadable(path: "OpenBLAS", reason: String(cString: fault))
        }
        pointer = try file.open(open)
    }

    deinit { transformer_close(pointer) }

    /// OpenBLAS's name of the kernels in use.
    static var kernels: String { transformer_kernels().map { String(cString: $0) } ?? "none" }

    /// The mean token vector of each sequence, not normalised.
    ///
    /// - Parameter sequences: token ids with control tokens; in total at most `tokensMax`.
    func means(
        of sequences: [[Int32]], in workspace: TransformerWorkspace
    ) throws(JobFailure) -> [[Float]] {
        let ids = sequences.flatMap { $0 }
        let lengths = sequences.map { Int32($0.count) }
        var means = [Float](repeating: 0, count: sequences.count * Self.width)
        let status = transformer_embed(
            pointer, workspace.pointer, ids, lengths, Int32(lengths.count), &means)
        guard status == TRANSFORMER_OK else {
            throw .permanent(
                .embedder(.modelRefused),
                "the model rejected a batch with status \(status.rawValue)")
        }
        return sequences.indices.map { Array(means[$0 * Self.width..<($0 + 1) * Self.width]) }
    }
}

/// The memory of one pass through a model. Must be used by one thread at a time.
final class TransformerWorkspace {
    fileprivate let pointer: OpaquePointer

    /// - Parameter tokensMax: maximum tokens per pass; about 15 KB per token.
    init(tokensMax: Int) throws(LocalModelError) {
        guard let pointer = transformer_workspace_create(Int32(tokensMax)) else {
            throw .outOfMemory
        }
        self.pointer = pointer
    }

    deinit { transformer_workspace_destroy(pointer) }
}
