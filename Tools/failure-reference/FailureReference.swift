import Domain
import HTTPTypes
import Serving

/// Prints the tables of docs/reference/failures.md; see scripts/failure-reference.
@main
enum FailureReference {
    static func main() {
        var origins: [String] = []
        for code in FailureCode.allCases where !origins.contains(code.origin) {
            origins.append(code.origin)
        }
        print(origins.map(section).joined(separator: "\n\n"))
        print("\n" + refusals)
    }

    private static var refusals: String {
        let rows = ProblemCode.allCases.sorted { $0.rawValue < $1.rawValue }.map { code in
            "| `\(code.rawValue)` | \(code.status.code) | \(code.advice) |"
        }
        let head = ["| code | HTTP | what to do |", "|---|---|---|"]
        return """
            ## Refusals of the API

            The `code` of a problem document (RFC 9457) is one of these, or that of a failure above.

            \((head + rows).joined(separator: "\n"))
            """
    }

    private static func section(_ origin: String) -> String {
        let codes = FailureCode.allCases.filter { $0.origin == origin }
        let rows = codes.sorted { $0.rawValue < $1.rawValue }.map(row)
        let head = ["| code | job | HTTP | meaning and action |", "|---|---|---|---|"]
        return "### \(origin.prefix(1).uppercased() + origin.dropFirst())\n\n"
            + (head + rows).joined(separator: "\n")
    }

    private static func row(_ code: FailureCode) -> String {
        let entry = code.entry
        let retries = entry.retries.map(word).joined(separator: " or ")
        let status = entry.status.map { "\($0)" } ?? "–"
        return "| `\(code)` | \(retries) | \(status) | \(entry.advice) |"
    }

    private static func word(_ retry: FailureEntry.Retry) -> String {
        switch retry {
        case .never: "dead letter"
        case .counted: "retried"
        case .uncounted: "waits"
        case .abandoned: "unchanged"
        }
    }
}
