/// Whether bytes are text, in any encoding that the sandbox decodes.
struct TextSniff {
    let isText: Bool

    /// - Parameter isWhole: the bytes are the whole document, so no character is cut at the end.
    init(_ bytes: [UInt8], isWhole: Bool) {
        let marks: [[UInt8]] = [[0xef, 0xbb, 0xbf], [0xff, 0xfe], [0xfe, 0xff]]
        if marks.contains(where: { bytes.starts(with: $0) }) {
            isText = true
            return
        }
        var nuls = [0, 0]
        var controls = 0
        var high = 0
        for (index, byte) in bytes.enumerated() {
            switch byte {
            case 0: nuls[index & 1] += 1
            case 0x09, 0x0a, 0x0c, 0x0d, 0x1b: break
            case 0..<0x20, 0x7f: controls += 1
            case 0x80...: high += 1
            default: break
            }
        }
        let pairs = max(1, bytes.count / 2)
        if nuls[0] + nuls[1] > 0 {
            // Mostly Latin text in UTF-16 has its NULs on one side of each pair.
            let (few, many) = (nuls.min() ?? 0, nuls.max() ?? 0)
            let utf16 = many * 5 > pairs * 2 && few * 20 < pairs && controls * 50 < bytes.count
            // A stray NUL does not make a text binary.
            isText = utf16 || (many + few) * 1000 < bytes.count && controls * 100 < bytes.count
            return
        }
        let utf8 = Self.isUTF8(bytes, isWhole: isWhole)
        isText =
            utf8
            ? controls * 20 < bytes.count
            : controls * 200 < bytes.count && high * 20 < bytes.count * 19
    }

    private static func isUTF8(_ bytes: [UInt8], isWhole: Bool) -> Bool {
        if bytes.allSatisfy({ $0 < 0x80 }) { return true }
        // A sample may end inside a character.
        let cuts = isWhole ? 0...0 : 0...3
        return cuts.contains { cut in
            String(validating: bytes.dropLast(cut), as: UTF8.self) != nil
        }
    }
}

/// Detects markup by the first bytes after white space, a byte order mark and comments.
struct MarkupSniff {
    private let start: String

    init(_ bytes: [UInt8]) {
        // Without NULs, ASCII markup in a two-byte encoding is readable.
        let window = bytes.prefix(8192).filter { $0 != 0 }
        var text = Substring(String(decoding: window, as: UTF8.self))
        for mark in ["\u{feff}", "\u{fffd}\u{fffd}"] where text.hasPrefix(mark) {
            text = text.dropFirst(mark.count)
        }
        while true {
            text = text.drop { $0.isWhitespace }
            if text.hasPrefix("<!--"), let end = Self.end(of: "-->", in: text) {
                text = text[end...]
            } else if text.hasPrefix("<?xml"), let end = Self.end(of: "?>", in: text) {
                text = text[end...]
            } else {
                break
            }
        }
        start = text.prefix(64).lowercased()
    }

    var isHTML: Bool {
        ["<!doctype html", "<html", "<head", "<body", "<title"].contains { start.hasPrefix($0) }
    }
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
