import FoundationEssentials

/// A source file. Functions are found by their indentation, which the formatter guarantees.
struct SourceFile {
    let path: String
    let lines: [Substring]

    init(path: String, text: String) {
        self.path = path
        lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    }

    /// As `wc -l` counts: the text after the last newline is empty.
    var lineCount: Int { lines.count - 1 }

    struct Function: Equatable {
        let firstLine: Int
        let lineCount: Int
    }

    /// The functions and initializers that have a body of several lines, in order.
    var functions: [Function] {
        let declaration = /^ *(?:@\S+ |[a-z]+(?:\([a-z]+\))? )*(?:func |init[?]?[(<])/
        return lines.indices.compactMap { first in
            guard lines[first].contains(declaration), let last = lastLine(from: first)
            else { return nil }
            return Function(firstLine: first + 1, lineCount: last - first + 1)
        }
    }

    /// The line that closes the body of the declaration in line `first`; `nil` if it has no body.
    private func lastLine(from first: Int) -> Int? {
        let margin = lines[first].prefix { $0 == " " }
        guard !lines[first].hasSuffix("}") else { return nil }
        var isInBody = lines[first].hasSuffix("{")
        for index in lines.indices.dropFirst(first + 1) {
            let line = lines[index].dropFirst(margin.count)
            guard lines[index].hasPrefix(margin), let start = line.first, start != " " else {
                guard lines[index].isEmpty || lines[index].hasPrefix(margin) else { return nil }
                continue
            }
            if isInBody { return start == "}" ? index : nil }
            guard start == ")" || start == "{" else { return nil }
            isInBody = line.hasSuffix("{")
        }
        return nil
    }
}
