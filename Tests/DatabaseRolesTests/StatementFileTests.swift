import FoundationEssentials
import TestSupport
import Testing

/// The SQL files of the adapters.
@Suite struct StatementFileTests {
    private static let folders = [
        ("Sources/Database/JobStorePostgres/SQL", ProgramStatement.jobStore),
        ("Sources/Database/QueryPostgres/SQL", ProgramStatement.shared),
        ("Sources/Database/CataloguePostgres/SQL", ProgramStatement.catalogue),
        ("Sources/Database/OperationsPostgres/SQL", ProgramStatement.operations),
        ("Sources/Storage/Backups/SQL", ProgramStatement.backups),
    ]

    @Test func `every file is the statement of a program, under the file's name`() throws {
        for (folder, statements) in Self.folders {
            let files = try Self.files(in: folder)
            #expect(files.map(\.name).sorted() == statements.map(\.name).sorted())
            for statement in statements {
                #expect(files.first { $0.name == statement.name }?.text == statement.sql)
            }
        }
    }

    @Test func `every file begins with its purpose, parameters, locks and index`() throws {
        for (folder, _) in Self.folders {
            for file in try Self.files(in: folder) {
                let header = file.text.split(separator: "\n").prefix { $0.hasPrefix("--") }
                let parts = header.indices.filter { index in
                    ["-- $1", "-- Locks: ", "-- Index: "].contains { header[index].hasPrefix($0) }
                }
                let hasParameters = file.text.contains { $0 == "$" }
                #expect(header.first?.hasPrefix("-- Locks") == false, "\(file.name)")
                #expect(
                    parts.map { String(header[$0].prefix(8)) }.suffix(2)
                        == ["-- Locks", "-- Index"], "\(file.name)")
                #expect(
                    header.contains { $0.contains("$1") } == hasParameters, "\(file.name)")
                #expect(file.text.hasSuffix(";\n"), "\(file.name)")
            }
        }
    }

    @Test func `the server's log tells statements apart by their first lines`() {
        let lines = Self.folders.flatMap(\.1).map { $0.sql.prefix { $0 != "\n" } }
        #expect(Set(lines).count == lines.count)
    }

    private struct File {
        /// In camel case, without its extension.
        var name: String
        var text: String
    }

    private static func files(in folder: String) throws -> [File] {
        let root = Runtime.repository + "/" + folder
        return try FileManager.default.subpathsOfDirectory(atPath: root)
            .filter { $0.hasSuffix(".sql") }
            .map { path in
                let words = path.split(separator: "/").last!.dropLast(4).split(separator: "_")
                let name = words[0] + words.dropFirst().map(\.capitalized).joined()
                let data = try #require(FileManager.default.contents(atPath: "\(root)/\(path)"))
                return File(name: String(name), text: String(decoding: data, as: UTF8.self))
            }
    }
}

extension Substring {
    fileprivate var capitalized: String { prefix(1).uppercased() + dropFirst() }
}
