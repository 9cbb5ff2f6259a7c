import CLocalModels

/// Splits text like SentencePiece: normalises it by `nmt_nfkc`, then cuts it into the pieces whose
/// probabilities have the largest product.
///
/// Sendable because the C tokenizer is read-only once open, and closed only on deinit.
final class UnigramTokenizer: Tokenizer, @unchecked Sendable {
    private let pointer: OpaquePointer

    /// Builds the tables of the pieces, 6 MB.
    init(_ file: borrowing InstalledFile) throws(LocalModelError) {
        pointer = try file.open(unigram_open)
    }

    deinit { unigram_close(pointer) }

    func tokens(of text: String) -> TextTokens {
        var text = text
        return text.withUTF8 { bytes in
            var found = unigram_tokens()
            defer { unigram_tokens_free(&found) }
            let isSplit = bytes.withMemoryRebound(to: CChar.self) {
                unigram_split(pointer, $0.baseAddress, $0.count, &found)
            }
            precondition(isSplit, "no memory for the tokens of a text of \(bytes.count) bytes")
            return TextTokens(
                ids: Array(UnsafeBufferPointer(start: found.ids, count: found.count)),
                isContinuation: Array(
                    UnsafeBufferPointer(start: found.continues, count: found.count)))
        }
    }
}
