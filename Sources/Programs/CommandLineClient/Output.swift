import Glibc

/// Writes to standard output unbuffered, so that a pipe's reader sees each line immediately.
enum Output {
    static let isTerminal = isatty(1) == 1

    static func line(_ text: String = "") { write(text + "\n") }

    static func write(_ text: String) {
        var bytes = Array(text.utf8)[...]
        while !bytes.isEmpty {
            let count = bytes.withUnsafeBytes { Glibc.write(1, $0.baseAddress, $0.count) }
            guard count > 0 else { return }
            bytes = bytes.dropFirst(count)
        }
    }

    /// Columns and rows of the terminal; 80 by 24 if unknown.
    static var size: (columns: Int, rows: Int) {
        var size = winsize()
        guard ioctl(1, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return (80, 24) }
        return (Int(size.ws_col), Int(size.ws_row))
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
}

/// A text table; each column is as wide as its widest cell.
struct Table {
    private var rows: [[String]]

    init(_ header: String...) { rows = [header] }

    mutating func add(_ cells: String...) { rows.append(cells) }

    var text: String {
        let count = rows.map(\.count).max() ?? 0
        let widths = (0..<count).map { column in
            rows.map { $0.count > column ? $0[column].count : 0 }.max() ?? 0
        }
        return rows.map { row in
            let cells = zip(row, widths).map { $0.fitted($1) }
            var line = cells.joined(separator: "  ")
            while line.hasSuffix(" ") { line.removeLast() }
            return line
        }.joined(separator: "\n")
    }
}
