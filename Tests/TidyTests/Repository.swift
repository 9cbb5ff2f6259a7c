import FoundationEssentials
import TestSupport

/// The files of this repository that its authors write.
enum Repository {
    private static let folders = [
        "Sources", "Tools", "Tests", "Migrations", "Benchmarks/Sources", "Benchmarks/Peers",
        "Benchmarks/Search", "docs", "ops", "scripts",
    ]
    private static let loose = [
        "README.md", "CONTRIBUTING.md", "CHANGELOG.md", "Makefile", "docker-compose.yml",
        "Package.swift",
    ]
    private static let extensions: Set = [
        "swift", "c", "h", "sql", "py", "md", "yml", "yaml", "sh",
    ]

    /// Paths relative to the repository, sorted.
    static func files() throws -> [String] {
        var files = loose
        for folder in folders {
            files += try FileManager.default.subpathsOfDirectory(atPath: path(of: folder))
                .map { folder + "/" + $0 }.filter(isProse)
        }
        return files.sorted()
    }

    static func text(of file: String) throws -> String {
        String(decoding: try Data(contentsOf: URL(filePath: path(of: file))), as: UTF8.self)
    }

    /// Files whose subject is the phrases, or whose text is data.
    static func quotesPhrases(_ file: String) -> Bool {
        file.hasPrefix("Tests/TidyTests/") || file.contains("/Fixtures/")
            || file.contains("/Goldens/") || file.hasPrefix("docs/benchmarks/")
            || file.hasSuffix("StopWords.swift")
    }

    static func path(of file: String) -> String { Runtime.repository + "/" + file }

    private static func isProse(_ file: String) -> Bool {
        let name = file.split(separator: "/").last ?? ""
        var isDirectory = false
        guard FileManager.default.fileExists(atPath: path(of: file), isDirectory: &isDirectory),
            !isDirectory
        else { return false }
        guard let dot = name.lastIndex(of: ".") else {
            return file.hasPrefix("scripts/") || name == "Dockerfile"
        }
        return extensions.contains(String(name[name.index(after: dot)...]))
    }
}
