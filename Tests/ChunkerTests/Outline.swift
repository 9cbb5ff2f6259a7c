/// The non-blank lines of a text, with page and heading path: a simple second implementation.
struct Outline {
    struct Line {
        var start: Int
        var end: Int
        var page: Int
        var path: [String]
        var isHeading: Bool
    }

    private(set) var lines: [Line] = []
    let hasPages: Bool

    init(_ bytes: [UInt8]) {
        hasPages = bytes.contains(0x0C)
        var path: [(level: Int, title: String)] = []
        var page = 1
        var inCode = false
        var start = 0
        while start < bytes.count {
            let end = bytes[start...].firstIndex { $0 == 0x0A || $0 == 0x0C } ?? bytes.count
            let line = String(decoding: bytes[start..<end], as: UTF8.self)
            if line.hasPrefix("```"), line.drop(while: { $0 == "`" }).isEmpty || !inCode {
                inCode.toggle()
            }
            let level = line.prefix { $0 == "#" }.count
            let isHeading =
                !inCode && (1...6).contains(level)
                && line.dropFirst(level).hasPrefix(" ")
            if isHeading {
                path.removeAll { $0.level >= level }
                path.append((level, String(line.dropFirst(level + 1))))
            }
            if !line.unicodeScalars.allSatisfy(\.properties.isWhitespace) {
                lines.append(
                    Line(
                        start: start, end: end, page: page, path: path.map(\.title),
                        isHeading: isHeading))
            }
            if end < bytes.count, bytes[end] == 0x0C { page += 1 }
            start = end + 1
        }
    }

    func lines(in range: Range<Int>) -> [Line] {
        var low = 0
        var high = lines.count
        while low < high {
            let middle = (low + high) / 2
            if lines[middle].end <= range.lowerBound { low = middle + 1 } else { high = middle }
        }
        return Array(lines[low...].prefix { $0.start < range.upperBound })
    }
}
