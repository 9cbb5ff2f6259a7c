import Foundation
import TestSupport
import Testing

/// The documentation: its links, its way in, and the pages that repeat what the code defines.
@Suite struct DocumentationTests {
    private let repository = Runtime.repository

    @Test func `every relative link and anchor resolves`() throws {
        let files = try MarkdownFile.all(below: repository)
        #expect(files.count > 40)
        let byPath = Dictionary(uniqueKeysWithValues: files.map { ($0.path, $0) })
        for file in files {
            for link in file.links {
                let target = file.target(of: link)
                #expect(
                    FileManager.default.fileExists(atPath: target),
                    "\(file.path): no file for the link \(link)")
                guard let anchor = link.anchor, let page = byPath[target] else { continue }
                #expect(
                    page.anchors.contains(anchor), "\(file.path): no heading for the link \(link)")
            }
        }
    }

    @Test func `every path of the repository that a page names exists`() throws {
        let paths = #/`((?:Sources|Tests|Tools|Migrations|Benchmarks|ops|scripts|docs)/[^`\s]*)`/#
        var count = 0
        for file in try MarkdownFile.all(below: repository) {
            let page = try String(contentsOfFile: file.path, encoding: .utf8)
            for match in page.matches(of: paths) {
                count += 1
                let path = "\(repository)/\(match.output.1)"
                #expect(FileManager.default.fileExists(atPath: path), "\(file.path): \(path)")
            }
        }
        #expect(count > 20)
    }

    @Test func `every page of docs and every runbook is reachable from the index`() throws {
        let byPath = Dictionary(
            uniqueKeysWithValues: try MarkdownFile.all(below: repository).map { ($0.path, $0) })
        var reached: Set<String> = []
        var next = [repository + "/docs/README.md"]
        while let path = next.popLast() {
            guard reached.insert(path).inserted, let file = byPath[path] else { continue }
            next += file.links.map { file.target(of: $0) }
        }
        for folder in ["/docs", "/ops/runbooks"] {
            let files = try #require(FileManager.default.enumerator(atPath: repository + folder))
            for case let name as String in files where name.contains(".") {
                let path = "\(repository)\(folder)/\(name)"
                #expect(reached.contains(path), "\(folder)/\(name) is linked by no page")
            }
        }
    }

    @Test func `a broken link, a missing heading and a link in code are told apart`() throws {
        let path = "/tmp/millrace-page-\(UUID().uuidString).md"
        defer { try? FileManager.default.removeItem(atPath: path) }
        try """
        # The `first` heading, and more
        ## Same
        ## Same
        [a](b.md#c) and `[code](no.md)` and [site](https://example.org) [here](#same-1)
        ```
        [code](no.md)
        ```
        """.write(toFile: path, atomically: true, encoding: .utf8)
        let file = try MarkdownFile(path: path)
        #expect(file.links.map(\.description) == ["b.md#c", "#same-1"])
        #expect(file.anchors == ["the-first-heading-and-more", "same", "same-1"])
        #expect(file.target(of: file.links[0]) == "/tmp/b.md")
        #expect(file.target(of: file.links[1]) == path)
    }

    @Test func `the page of metrics has each metric with its type and labels`() throws {
        let source = try text("Sources/Pipeline/Telemetry.swift")
        let defined = source.matches(
            of: /\/\/\/ (Counter|Gauge|Histogram)(?:\{([a-z,]*)\})?:[^=]*= "(\w+)"/
        ).map { match in
            let labels = (match.output.2 ?? "").split(separator: ",").map { "`\($0)`" }
            return "| `\(match.output.3)` | \(match.output.1.lowercased()) | "
                + labels.joined(separator: ", ") + (labels.isEmpty ? "|" : " |")
        }
        #expect(defined.count == source.matches(of: /"millrace_\w+"/).count)
        let page = try text("docs/reference/metrics.md")
        for row in defined { #expect(page.contains("\n" + row), "\(row)") }
        #expect(page.matches(of: /\n\| `millrace_/).count == defined.count)
    }

    @Test func `the page of metrics has each outcome, repair and invariant`() throws {
        let source = try text("Sources/Pipeline/Working/JobOutcome.swift")
        let labels = try #require(source.firstMatch(of: /var label(?s:.*?)\n    \}/)?.output)
        let outcomes = labels.matches(of: /: "(\w+)"/).map(\.output.1)
        let repairs = try ["Reconciler", "Reconciler+Collect"].flatMap { file in
            try text("Sources/Reconciling/\(file).swift")
                .matches(of: /pages\("(\w+)"\)/).map { String($0.output.1) }
        }
        let invariants = try text("Sources/Operating/Invariant.swift")
            .matches(of: /: "([a-z]+_\w+)"\n/).map(\.output.1)
        #expect(outcomes.count >= 6 && repairs.count >= 7 && invariants.count == 9)
        let page = try text("docs/reference/metrics.md")
        for name in outcomes.map(String.init) + repairs + invariants.map(String.init) {
            #expect(page.contains("`\(name)`"), "\(name)")
        }
    }

    @Test func `the page of events has each type and each code`() throws {
        let schema = try text("Migrations/schema.sql")
        let types = try #require(schema.firstMatch(of: /events_type_check CHECK (.*)/)?.output.1)
        let function = try #require(
            schema.firstMatch(of: /FUNCTION upload_pipeline\.event_code\((?s:(.*?))\n\$\$;/))
        let codes = function.output.1.matches(of: /(?:THEN|ELSE) '(\w+)'/).map(\.output.1)
        let others = schema.matches(of: /'info', '(\w+)',/).map(\.output.1)
        let names = types.matches(of: /'(\w+)'/).map(\.output.1) + codes + others
        #expect(names.count >= 10)
        let page = try text("docs/reference/events.md")
        for name in Set(names) { #expect(page.contains("`\(name)`"), "\(name)") }
    }

    @Test func `the page of the data model has each table and each column`() throws {
        let page = try text("docs/reference/data-model.md")
        let tables = try text("Migrations/schema.sql").matches(
            of: /CREATE TABLE upload_pipeline\.(\w+) \(\n(?s:(.*?))\n\)/)
        #expect(tables.count > 10)
        var count = 0
        for table in tables {
            let name = table.output.1
            // A table has a section of its own, or rows in the section of several tables.
            let parts = page.split(separator: "\n## ").filter { $0.contains(name) }
            #expect(!parts.isEmpty, "\(name)")
            for column in table.output.2.matches(of: #/(?m)^ {4}([a-z][a-z0-9_]*) /#) {
                count += 1
                let mark = "`\(column.output.1)`"
                #expect(parts.contains { $0.contains(mark) }, "\(name).\(column.output.1)")
            }
        }
        #expect(count > 100)
    }

    private func text(_ path: String) throws -> String {
        try String(contentsOfFile: "\(repository)/\(path)", encoding: .utf8)
    }
}
