import Hashing

/// Splits text like the uncased BERT tokenizer. Cleans the text, splits it at blanks and
/// punctuation, removes accents, converts it to lower case, and then cuts each word from the left
/// into the longest known pieces.
struct WordPieceTokenizer: Tokenizer {
    static let unknown: Int32 = 100

    /// A longer word, in scalars, becomes a single unknown token.
    private static let wordScalarsMax = 100

    private let vocabulary: Vocabulary

    init(_ vocabulary: Vocabulary) { self.vocabulary = vocabulary }

    func tokens(of text: String) -> TextTokens {
        var tokens = TextTokens()
        var word = Word()
        for scalar in text.unicodeScalars {
            switch BertScalar(scalar) {
            case .removed: continue
            case .blank: finish(&word, &tokens)
            case .ideograph:
                finish(&word, &tokens)
                scalar.forEachBertScalar { word.append($0) }
                finish(&word, &tokens)
            case .other:
                scalar.forEachBertScalar { lowered in
                    guard lowered.isBertPunctuation else { return word.append(lowered) }
                    finish(&word, &tokens)
                    word.append(lowered)
                    finish(&word, &tokens)
                }
            }
        }
        finish(&word, &tokens)
        return tokens
    }

    /// The word being read, as UTF-8.
    private struct Word {
        var bytes: [UInt8] = []
        var scalars = 0

        mutating func append(_ scalar: Unicode.Scalar) {
            if scalar.isASCII {
                bytes.append(UInt8(truncatingIfNeeded: scalar.value))
            } else {
                bytes.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
            }
            scalars += 1
        }
    }

    /// Appends the pieces of the word, or the unknown token, and resets the word.
    private func finish(_ word: inout Word, _ tokens: inout TextTokens) {
        guard word.scalars > 0 else { return }
        let known = word.scalars <= Self.wordScalarsMax && appendPieces(of: word, to: &tokens)
        if !known {
            tokens.ids.append(Self.unknown)
            tokens.isContinuation.append(false)
        }
        word.bytes.removeAll(keepingCapacity: true)
        word.scalars = 0
    }

    /// Appends the word's pieces. Returns false and appends nothing if no piece matches at some
    /// point of the word.
    private func appendPieces(of word: Word, to tokens: inout TextTokens) -> Bool {
        let bytes = word.bytes.span
        let before = tokens.ids.count
        var start = 0
        while start < bytes.count {
            let table = start == 0 ? vocabulary.beginnings : vocabulary.continuations
            guard let piece = longestPiece(of: bytes, from: start, in: table) else {
                tokens.ids.removeSubrange(before...)
                tokens.isContinuation.removeSubrange(before...)
                return false
            }
            tokens.ids.append(piece.id)
            tokens.isContinuation.append(start > 0)
            start = piece.end
        }
        return true
    }

    private func longestPiece(
        of bytes: Span<UInt8>, from start: Int, in table: PieceTable
    ) -> (id: Int32, end: Int)? {
        var end = min(bytes.count, start + table.longest)
        while end > start {
            if let id = table.id(of: bytes.extracting(start..<end)) { return (id, end) }
            end -= 1
        }
        return nil
    }
}
