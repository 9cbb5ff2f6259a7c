import CLocalModels

/// How the uncased BERT tokenizer treats a Unicode scalar.
package enum BertScalar {
    /// Ignored: control characters and the like.
    case removed
    /// Ends a word.
    case blank
    /// A word of its own.
    case ideograph
    /// Part of a word, or punctuation.
    case other

    package init(_ scalar: Unicode.Scalar) {
        switch scalar.value {
        case 0x09, 0x0A, 0x0D, 0x20: self = .blank
        case 0x21...0x7E: self = .other
        case 0xFFFD: self = .removed
        case 0x4E00...0x9FFF, 0x3400...0x4DBF, 0x20000...0x2A6DF, 0x2A700...0x2CEAF,
            0xF900...0xFAFF, 0x2F800...0x2FA1F:
            self = .ideograph
        default: self = Self(byProperties: scalar.properties)
        }
    }

    private init(byProperties properties: Unicode.Scalar.Properties) {
        switch properties.generalCategory {
        case .control, .format, .privateUse, .surrogate: self = .removed
        default: self = properties.isWhitespace ? .blank : .other
        }
    }
}

extension Unicode.Scalar {
    /// Whether this is punctuation, which is a word of its own. Includes all ASCII symbols, but
    /// no other symbols.
    package var isBertPunctuation: Bool {
        switch value {
        case 0x21...0x2F, 0x3A...0x40, 0x5B...0x60, 0x7B...0x7E: true
        case 0...0x7F: false
        default: properties.generalCategory.isPunctuation
        }
    }

    /// Visits the scalars of this one without accents and in lower case.
    package func forEachBertScalar(_ visit: (Unicode.Scalar) -> Void) {
        if isASCII {
            return visit(("A"..."Z").contains(self) ? Unicode.Scalar(UInt8(value + 32)) : self)
        }
        withoutAccents { part in
            for lowered in part.properties.lowercaseMapping.unicodeScalars { visit(lowered) }
        }
    }

    /// Visits the scalars of the canonical decomposition, except nonspacing marks.
    func withoutAccents(_ visit: (Unicode.Scalar) -> Void) {
        var parts: (UInt32, UInt32, UInt32) = (0, 0, 0)
        let count = withUnsafeMutableBytes(of: &parts) { bytes in
            text_strip_accents(value, bytes.assumingMemoryBound(to: UInt32.self).baseAddress)
        }
        guard count >= 0 else {
            if properties.generalCategory != .nonspacingMark { visit(self) }
            return
        }
        for part in [parts.0, parts.1, parts.2].prefix(Int(count)) {
            if let scalar = Unicode.Scalar(part) { visit(scalar) }
        }
    }
}

extension Unicode.GeneralCategory {
    fileprivate var isPunctuation: Bool {
        switch self {
        case .connectorPunctuation, .dashPunctuation, .openPunctuation, .closePunctuation,
            .initialPunctuation, .finalPunctuation, .otherPunctuation:
            true
        default: false
        }
    }
}
