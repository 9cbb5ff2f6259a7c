import TestSupport
import Testing

/// Rules for the text of source files that the formatter does not enforce.
@Suite struct SourceStyleTests {
    /// The formatter breaks code, but neither comments nor string literals.
    @Test func `a line has at most 100 columns`() throws {
        for file in try Self.files(endingIn: [".swift", ".sql", ".c", ".h"]) {
            for (index, line) in file.lines.enumerated() {
                #expect(line.count <= 100, "\(file.path):\(index + 1)")
            }
        }
    }

    /// A call with three bare arguments cannot be understood without the declaration.
    @Test func `a function has at most two parameters without a label`() throws {
        var count = 0
        for file in try Self.files(endingIn: [".swift"])
        where file.path.hasPrefix("Sources/") || file.path.hasPrefix("Migrations/") {
            for function in file.unlabelledParameters {
                count += 1
                #expect(function.count <= 2, "\(file.path):\(function.line)")
            }
        }
        #expect(count > 1500, "the functions are not found any more")
    }

    /// An exit test waits for any child of the process in a loop, on one thread. While another test
    /// has a child that is not reaped, that thread spins and never finds its own.
    @Test func `no test uses an exit test`() throws {
        for file in try Self.files(endingIn: [".swift"]) where file.path.hasPrefix("Tests/") {
            for (index, line) in file.lines.enumerated() {
                #expect(
                    !line.contains("processExits" + "With"),
                    "\(file.path):\(index + 1): start a program such as exit-probe instead")
            }
        }
    }

    /// A test that awaits can hang. Without a limit nothing names it.
    @Test func `a suite whose tests await has a time limit`() throws {
        var count = 0
        for file in try Self.files(endingIn: [".swift"])
        where file.path.hasPrefix("Tests/") && !file.path.hasPrefix("Tests/TidyTests/") {
            let text = file.lines.joined(separator: "\n")
            let awaits = text.contains(/\bawait\b/)
            for suite in text.matches(of: /(?m)^@Suite\b(?s:.*?)\bstruct (\w+)/) where awaits {
                count += 1
                #expect(
                    suite.output.0.contains(".timeLimit("), "\(file.path): \(suite.output.1)")
            }
        }
        #expect(count > 80, "the suites are not found any more")
    }

    @Test func `parameters without a label are counted`() {
        let text = """
            func area(_ width: Int, of shape: Shape = Shape(1, 2), _ unit: (Int, Int)) {}
            init?(
                _ names: [String: (Int, Int)], _ body: (Int, Int) -> Void
            ) {}
            func sorted<Key: Comparable>(_ key: Key, _ order: Order, _ body: @escaping Sort) {}
            func none() {}

            """
        let counts = SourceFile(path: "Shape.swift", text: text).unlabelledParameters
        #expect(counts.map(\.line) == [1, 2, 5, 6])
        #expect(counts.map(\.count) == [2, 1, 2, 0])
    }

    /// The files that the authors write; the schema is generated.
    private static func files(endingIn suffixes: [String]) throws -> [SourceFile] {
        try Repository.files()
            .filter { file in
                suffixes.contains { file.hasSuffix($0) } && file != "Migrations/schema.sql"
            }
            .map { SourceFile(path: $0, text: try Repository.text(of: $0)) }
    }
}
