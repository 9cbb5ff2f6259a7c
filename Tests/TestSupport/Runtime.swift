import FoundationEssentials

/// What scripts/install-dependencies and the build put where tests find it.
package enum Runtime {
    /// PostgreSQL, pdfium, token ranks and the embedding model.
    package static let path =
        ProcessInfo.processInfo.environment["MILLRACE_RUNTIME"] ?? repository + "/.millrace/runtime"

    package static let repository =
        URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().path

    /// A program beside the test bundle, in the folder of built products.
    package static func program(_ name: String) -> String {
        var folder = URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent()
        for _ in 0..<4 {
            let program = folder.appending(path: name).path
            if FileManager.default.isExecutableFile(atPath: program) { return program }
            folder.deleteLastPathComponent()
        }
        fatalError("\(name) is not among the built products; run 'swift build' first")
    }
}
