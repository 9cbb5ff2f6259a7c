/// A text's words in lower case without accents, as UTF-8. A word is a run of letters and digits,
/// or a single ideograph.
struct HashedWords {
    private(set) var words: [[UInt8]] = []
    private var current: [UInt8] = []

    init(_ text: String) {
        for scalar in text.unicodeScalars {
            if case .ideograph = BertScalar(scalar) {
                finish()
                append(scalar)
                finish()
            } else {
                append(scalar)
            }
        }
        finish()
    }

    private mutating func append(_ scalar: Unicode.Scalar) {
        scalar.forEachBertScalar { part in
            if part.isHashed {
                current.append(contentsOf: UTF8.encode(part) ?? UTF8.encodedReplacementCharacter)
            } else {
                finish()
            }
        }
    }

    private mutating func finish() {
        guard !current.isEmpty else { return }
        words.append(current)
        current.removeAll(keepingCapacity: true)
    }
}

extension Unicode.Scalar {
    /// Whether this is part of a word: a letter, a number or a spacing mark.
    fileprivate var isHashed: Bool {
        if isASCII { return ("a"..."z").contains(self) || ("0"..."9").contains(self) }
        return switch properties.generalCategory {
        case .lowercaseLetter, .uppercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter,
            .decimalNumber, .letterNumber, .otherNumber, .spacingMark:
            true
        default: false
        }
    }
}
