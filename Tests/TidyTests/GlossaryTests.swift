import Domain
import Testing

/// Holds docs/glossary.md to the code, and the code to the glossary.
@Suite struct GlossaryTests {
    private let glossary: String
    private let rows: [Row]

    private struct Row {
        let term: String
        /// Names that stand for the concept no more.
        let retired: [String]
        let names: [String]
    }

    init() throws {
        glossary = try Repository.text(of: "docs/glossary.md")
        rows = glossary.split(separator: "\n").compactMap { line in
            let cells = line.split(separator: "|", omittingEmptySubsequences: false)
            guard line.hasPrefix("| "), cells.count == 6, !line.hasPrefix("| term ") else {
                return nil
            }
            return Row(
                term: cells[1].trimmingPrefix(" ").description,
                retired: Self.codeSpans(cells[3]), names: Self.codeSpans(cells[4]))
        }
    }

    @Test func `every stage, state and queue is listed`() {
        let listed = Set(Self.codeSpans(glossary[...]))
        let values =
            Stage.allCases.map(\.rawValue) + JobState.allCases.map(\.rawValue)
            + WorkQueue.allCases.map(\.rawValue)
        #expect(Set(values).isSubset(of: listed))
    }

    @Test func `the names of each term exist`() throws {
        #expect(rows.count > 40)
        let source = try Self.source()
        let declared = Set(
            source.matches(of: /(?:struct|class|enum|actor|protocol|typealias) ([A-Z]\w+)/)
                .map { String($0.output.1) })
        let schema = try Repository.text(of: "Migrations/schema.sql")
        for row in rows {
            for name in row.names {
                if name.hasPrefix("--") {
                    #expect(source.contains("\"\(name.dropFirst(2))\""), "\(name) is not a setting")
                } else if name.first!.isUppercase {
                    #expect(declared.contains(name), "no type is named \(name)")
                } else {
                    let parts = name.split(separator: ".")
                    #expect(schema.contains("upload_pipeline.\(parts[0])"), "no table \(parts[0])")
                    #expect(parts.allSatisfy { schema.contains($0) }, "no column \(name)")
                }
            }
        }
    }

    @Test func `no retired name is in use`() throws {
        let words = Set(
            try Self.source().split { !$0.isLetter && !$0.isNumber && $0 != "_" }.map(String.init))
        let retired = rows.flatMap(\.retired)
        #expect(!retired.isEmpty)
        for name in retired { #expect(!words.contains(name), "\(name) is still in use") }
    }

    private static func codeSpans(_ text: Substring) -> [String] {
        text.matches(of: /`([^`]+)`/).map { String($0.output.1) }
    }

    private static func source() throws -> String {
        try Repository.files()
            .filter { $0.hasSuffix(".swift") && !$0.hasPrefix("Tests/TidyTests/") }
            .map { try Repository.text(of: $0) }.joined(separator: "\n")
    }
}
