/// Detects markup by the first bytes after white space, a byte order mark and comments.
struct MarkupSniff {
    private let start: String
    private let hasDeclaration: Bool

    init(_ bytes: [UInt8]) {
        // Without NULs, ASCII markup in a two-byte encoding is readable.
        let window = bytes.prefix(8192).filter { $0 != 0 }
        var text = Substring(String(decoding: window, as: UTF8.self))
        for mark in ["\u{feff}", "\u{fffd}\u{fffd}"] where text.hasPrefix(mark) {
            text = text.dropFirst(mark.count)
        }
        var hasDeclaration = false
        while true {
            text = text.drop { $0.isWhitespace }
            if text.hasPrefix("<!--"), let end = Self.end(of: "-->", in: text) {
                text = text[end...]
            } else if text.hasPrefix("<?xml"), let end = Self.end(of: "?>", in: text) {
                hasDeclaration = true
                text = text[end...]
            } else {
                break
            }
        }
        start = text.prefix(64).lowercased()
        self.hasDeclaration = hasDeclaration
    }

    var isHTML: Bool {
        ["<!doctype html", "<html", "<head", "<body", "<title"].contains { start.hasPrefix($0) }
    }
    var isXML: Bool { hasDeclaration || start.hasPrefix("<svg") }
    var isRTF: Bool { start.hasPrefix("{\\rtf") }
    var isPostScript: Bool { start.hasPrefix("%!ps") }

    private static func end(of mark: String, in text: Substring) -> Substring.Index? {
        var at = text.startIndex
        while at < text.endIndex {
            if text[at...].hasPrefix(mark) { return text.index(at, offsetBy: mark.count) }
            at = text.index(after: at)
        }
        return nil
    }
}
