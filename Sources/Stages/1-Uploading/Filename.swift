/// A document's filename, safe to display.
///
/// The last component of a path, without control characters, line separators and bidirectional
/// controls, which could make one name look like another.
package struct Filename: Equatable, Sendable {
    package let text: String

    private static let bytesMax = 255

    package init(_ path: String) throws(UploadRefusal) {
        let last = path.split { $0 == "/" || $0 == "\\" }.last ?? ""
        let clean = String(
            String.UnicodeScalarView(last.unicodeScalars.filter { !Self.isHidden($0) }))
        let isVisible = clean.unicodeScalars.contains {
            !$0.properties.isDefaultIgnorableCodePoint && !$0.properties.isWhitespace
        }
        guard isVisible, clean != ".", clean != ".." else { throw .filenameMissing }
        guard clean.utf8.count <= Self.bytesMax else {
            throw .filenameTooLong(bytesMax: Self.bytesMax)
        }
        text = clean
    }

    private static func isHidden(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .lineSeparator, .paragraphSeparator: true
        // The characters with the property Bidi_Control (Unicode, PropList.txt).
        default:
            ("\u{202A}"..."\u{202E}").contains(scalar) || ("\u{2066}"..."\u{2069}").contains(scalar)
                || ["\u{061C}", "\u{200E}", "\u{200F}"].contains(scalar)
        }
    }
}
