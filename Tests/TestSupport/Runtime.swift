import FoundationEssentials

/// Paths of what scripts/install-dependencies and the build produce.
package enum Runtime {
    /// PostgreSQL, pdfium, token ranks and the embedding model.
    package static let path =
        ProcessInfo.processInfo.environment["MILLRACE_RUNTIME"] ?? repository + "/.millrace/runtime"

    package static let repository =
        URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().path

    /// A built program, next to the test bundle in the folder of products.
    package static func program(_ name: String) -> String {
        var folder = URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent()
        for _ in 0..<4 {
            let program = folder.appending(path: name).path
            if FileManager.default.isExecutableFile(atPath: program) { return program }
            folder.deleteLastPathComponent()
        }
        fatalError("\(name) is not built; run scripts/test, which builds all programs")
    }
}
