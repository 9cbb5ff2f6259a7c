import FoundationEssentials
import TestSupport
import Testing

/// The sizes of folders, files and functions, so that each of them has one subject.
@Suite struct SourceTreeTests {
    private static let roots = ["Sources", "Tools", "Migrations", "Benchmarks/Sources"]

    @Test func `a folder contains at most 12 loose files, SQL aside`() throws {
        for root in Self.roots {
            let files = try Self.files(in: root).filter { !$0.hasSuffix(".sql") }
            let folders = Dictionary(grouping: files) {
                $0[..<($0.lastIndex(of: "/") ?? $0.endIndex)]
            }
            for (folder, files) in folders {
                #expect(files.count <= 12, "\(folder) contains \(files.count) files")
            }
        }
    }

    @Test func `a source file has fewer than 250 lines`() throws {
        for file in try Self.sources() {
            #expect(file.lineCount < 250, "\(file.path)")
        }
    }

    @Test func `a function has at most 48 lines`() throws {
        var count = 0
        for file in try Self.sources() where file.path.hasSuffix(".swift") {
            count += file.functions.count
            for function in file.functions {
                #expect(function.lineCount <= 48, "\(file.path):\(function.firstLine)")
            }
        }
        #expect(count > 1000, "the functions are not found any more")
    }

    @Test func `no source file contains a note of unfinished work`() throws {
        for file in try Self.sources() {
            for (number, line) in file.lines.enumerated() {
                #expect(!line.contains(/\b(?:TODO|FIXME|XXX)\b/), "\(file.path):\(number + 1)")
            }
        }
    }

    @Test func `functions are found by their indentation`() {
        let text = """
            protocol Shape {
                func area() -> Int
            }
            struct Square: Shape {
                var isEmpty: Bool { get { side == 0 } }
                func corners() -> Int { 4 }
                func area() -> Int {
                    side * side
                }
                @discardableResult package static func scaled(
                    by factor: Int
                )
                    async throws(ShapeError) -> Int
                {
                    if factor > 0 {
                        return factor
                    }
                    return 0
                }
                init?(side: Int) {
                    self.side = side
                }
            }

            """
        let file = SourceFile(path: "Square.swift", text: text)
        #expect(file.functions.map(\.firstLine) == [7, 10, 20])
        #expect(file.functions.map(\.lineCount) == [3, 10, 3])
        #expect(file.lineCount == 23)
    }

    private static func sources() throws -> [SourceFile] {
        try roots.flatMap { try files(in: $0) }
            .filter { $0.hasSuffix(".swift") || $0.hasSuffix(".c") || $0.hasSuffix(".h") }
            .map { try read($0) }
    }

    /// The paths of all files below a folder of the repository.
    private static func files(in folder: String) throws -> [String] {
        try FileManager.default.subpathsOfDirectory(atPath: "\(Runtime.repository)/\(folder)")
            .map { "\(folder)/\($0)" }
            .filter { path in
                var isFolder = false
                return FileManager.default.fileExists(
                    atPath: "\(Runtime.repository)/\(path)", isDirectory: &isFolder) && !isFolder
            }
    }

    private static func read(_ path: String) throws -> SourceFile {
        SourceFile(
            path: path,
            text: try String(contentsOfFile: "\(Runtime.repository)/\(path)", encoding: .utf8))
    }
}
