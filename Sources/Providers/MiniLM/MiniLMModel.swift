import CMiniLM
import Domain

/// The model's weights, mapped into memory that is shared with other processes.
///
/// Sendable because the C model is read-only once open, and closed only on deinit.
final class MiniLMModel: @unchecked Sendable {
    /// Numbers per vector.
    static let width = Int(MINILM_WIDTH)

    private let pointer: OpaquePointer

    init(_ file: borrowing InstalledFile) throws(MiniLMError) {
        if let fault = minilm_load_products() {
            throw .unreadable(path: "OpenBLAS", reason: String(cString: fault))
        }
        var reason = [CChar](repeating: 0, count: 256)
        guard let pointer = minilm_open(file.descriptor, &reason, reason.count) else {
            let text = reason.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
            throw .malformed(path: file.path, reason: String(decoding: text, as: UTF8.self))
        }
        self.pointer = pointer
    }

    deinit { minilm_close(pointer) }

    /// OpenBLAS's name of the kernels in use.
    static var kernels: String { minilm_kernels().map { String(cString: $0) } ?? "none" }

    /// The mean token vector of each sequence, not normalised.
    ///
    /// - Parameter sequences: token ids with [CLS] and [SEP]; in total at most `tokensMax`.
    func means(
        of sequences: [[Int32]], in workspace: MiniLMWorkspace
    ) throws(JobFailure) -> [[Float]] {
        let ids = sequences.flatMap { $0 }
        let lengths = sequences.map { Int32($0.count) }
        var means = [Float](repeating: 0, count: sequences.count * Self.width)
        let status = minilm_embed(
            pointer, workspace.pointer, ids, lengths, Int32(lengths.count), &means)
        guard status == MINILM_OK else {
            throw .permanent(
                .embedder(.modelRefused), "MiniLM rejected a batch with status \(status.rawValue)")
        }
        return sequences.indices.map { Array(means[$0 * Self.width..<($0 + 1) * Self.width]) }
    }
}

/// The memory of one pass through the model. Must be used by one thread at a time.
final class MiniLMWorkspace {
    fileprivate let pointer: OpaquePointer

    /// - Parameter tokensMax: maximum tokens per pass; about 15 KB per token.
    init(tokensMax: Int) throws(MiniLMError) {
        guard let pointer = minilm_workspace_create(Int32(tokensMax)) else { throw .outOfMemory }
        self.pointer = pointer
    }

    deinit { minilm_workspace_destroy(pointer) }
}
