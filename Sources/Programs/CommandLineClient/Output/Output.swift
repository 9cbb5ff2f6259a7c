import FoundationEssentials
import Glibc

/// Writes to standard output unbuffered, so that a pipe's reader sees each line immediately.
enum Output {
    static let isTerminal = isatty(1) == 1

    static func line(_ text: String = "") { write(text + "\n") }

    static func write(_ text: String) { write(text, to: 1) }

    /// Writes a line to standard error.
    static func error(_ text: String) { write(text + "\n", to: 2) }

    private static func write(_ text: String, to descriptor: Int32) {
        _ = write(text.utf8, to: descriptor)
    }

    /// Writes all bytes; false if the system refuses, with `errno`.
    static func write(_ bytes: some Sequence<UInt8>, to descriptor: Int32 = 1) -> Bool {
        var bytes = Array(bytes)[...]
        while !bytes.isEmpty {
            let count = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            guard count > 0 else { return false }
            bytes = bytes.dropFirst(count)
        }
        return true
    }

    /// Writes a value as one line of JSON, with the API's form of keys.
    static func json(_ value: some Encodable) throws {
        line(String(decoding: try encoder.encode(value), as: UTF8.self))
    }

    static var encoder: JSONEncoder {
        let encoder = JSONEncoder()
        encoder.keyEncodingStrategy = .convertToSnakeCase
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return encoder
    }

    /// Columns and rows of the terminal; 80 by 24 if unknown.
    static var size: (columns: Int, rows: Int) {
        var size = winsize()
        guard ioctl(1, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return (80, 24) }
        return (Int(size.ws_col), Int(size.ws_row))
    }
}

/// Colours, where the output is a terminal that shows them.
struct Style {
    let isColored: Bool

    func good(_ text: String) -> String { colored(text, 32) }
    func bad(_ text: String) -> String { colored(text, 31) }

    private func colored(_ text: String, _ color: Int) -> String {
        isColored ? "\u{1b}[\(color)m\(text)\u{1b}[0m" : text
    }
}

extension String {
    /// Exactly this wide: padded with spaces, or cut with an ellipsis.
    func fitted(_ width: Int) -> String {
        let length = count
        if length <= width { return self + String(repeating: " ", count: width - length) }
        return prefix(max(0, width - 1)) + "…"
    }

    /// The text with control characters replaced by spaces, because they could control a terminal.
    var printable: String {
        String(
            String.UnicodeScalarView(
                unicodeScalars.map { scalar in
                    let isControl = scalar.value < 32 || (127..<160).contains(scalar.value)
                    return isControl ? " " : scalar
                }))
    }

    /// A time of the API for a table: `2026-01-31T12:00:00.123Z` as `2026-01-31 12:00:00`.
    var shortTime: String { String(prefix(19)).replacing("T", with: " ") }
}

extension Array {
    /// Slices of `size` elements, the last one possibly shorter.
    func chunks(of size: Int) -> [[Element]] {
        stride(from: 0, to: count, by: size).map { Array(self[$0..<Swift.min($0 + size, count)]) }
    }
}
