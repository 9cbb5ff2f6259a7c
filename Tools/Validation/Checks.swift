/// The measurements of one scenario. Each is compared with the expected value when it is added, so
/// that the verdict depends only on the measurements.
@MainActor
package final class Checks {
    /// What was done, in one or two sentences.
    var done = ""
    var expected = ""
    /// Markdown that does not fit a table's cell.
    var appendix: String?
    private(set) var measured: [String] = []
    private(set) var failures: [String] = []
    private var comparisons = 0

    /// Adds a measurement that must equal `expected`.
    func equal<Value: Equatable>(_ what: String, _ value: Value, _ expected: Value) {
        comparisons += 1
        guard value != expected else { return note(what, Self.text(value)) }
        fail("\(what): \(Self.text(value)), expected \(Self.text(expected))")
    }

    private static func text(_ value: some Any) -> String {
        switch value {
        case let texts as [String]: texts.isEmpty ? "none" : texts.joined(separator: ", ")
        case let rows as [[String]]: text(rows.map { $0.joined(separator: " ") })
        default: "\(value)"
        }
    }

    /// Adds a measurement that must meet a condition.
    func require(_ what: String, _ value: String, _ isMet: Bool) {
        comparisons += 1
        guard !isMet else { return note(what, value) }
        fail("\(what): \(value)")
    }

    /// Adds a measurement without an expectation.
    func note(_ what: String, _ value: String) { measured.append("\(what): \(value)") }

    func fail(_ failure: String) {
        measured.append("**\(failure)**")
        failures.append(failure)
    }

    /// Fails a scenario that compared nothing.
    func close() {
        if comparisons == 0, failures.isEmpty { fail("no comparison was made") }
    }
}
