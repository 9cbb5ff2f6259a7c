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

    /// The lines of functions and initializers, each with the number of its unlabelled parameters.
    /// A closure at the end is not counted, because a call puts it after the parentheses.
    var unlabelledParameters: [(line: Int, count: Int)] {
        let text = lines.joined(separator: "\n")
        return text.matches(of: /\b(?:func [^\s(<]+|init[?!]?)(?:<[^>]*>)?\(/).map { match in
            let parameters = Self.parameters(text[match.range.upperBound...])
            let unlabelled = parameters.enumerated().filter { index, parameter in
                let isClosure = parameter.contains("->") || parameter.contains("@escaping")
                return parameter.hasPrefix("_ ") && !(isClosure && index == parameters.count - 1)
            }
            let line = text[..<match.range.lowerBound].count { $0.isNewline } + 1
            return (line, unlabelled.count)
        }
    }

    /// The parameters of a list whose opening parenthesis was read.
    private static func parameters(_ text: Substring) -> [Substring] {
        var parameters: [Substring] = []
        var depth = 0
        var start = text.startIndex
        for index in text.indices {
            switch text[index] {
            case "(", "[", "{": depth += 1
            case "]", "}": depth -= 1
            case ")" where depth > 0: depth -= 1
            case ")",
                "," where depth == 0:
                let parameter = text[start..<index].drop { $0.isWhitespace }
                if !parameter.isEmpty { parameters.append(parameter) }
                if text[index] == ")" { return parameters }
                start = text.index(after: index)
            default: break
            }
        }
        return parameters
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
