import Domain
import Foundation
import Testing

/// The warnings of the sandbox, which other places list, too.
@Suite struct WarningTests {
    private func text(_ path: String) throws -> String {
        let root = URL(filePath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        return try String(contentsOf: root.appending(path: path), encoding: .utf8)
    }

    /// A code that the parser does not know would be dropped from the report.
    @Test func `each warning of the sandbox is known to the parser and documented`() throws {
        let source = try text("Sources/Sandbox/parse-sandbox/report.c")
        let names = source.matches(of: /\[WARNING_[A-Z_]+\] = "([a-z_]+)"/).map { String($0.1) }
        #expect(names.count > 8)
        #expect(Set(names) == Set(ParseWarning.Code.allCases.map(\.rawValue)))
        let page = try text("docs/reference/warnings.md")
        let api = try text("docs/openapi.yaml")
        for name in names {
            #expect(page.contains("| `\(name)` |"), "\(name)")
            #expect(api.contains(name), "\(name)")
        }
    }
}
