import Chunker
import FoundationEssentials

/// The tokenizer that all tests share, since reading the ranks is slow.
enum Ranks {
    struct Missing: Error, CustomStringConvertible {
        var path: String
        var description: String {
            "there is no cl100k_base.tiktoken at \(path): set MILLRACE_CL100K_PATH to the file, or "
                + "MILLRACE_RUNTIME to the directory that holds cl100k/cl100k_base.tiktoken"
        }
    }

    static func path() throws -> String {
        let environment = ProcessInfo.processInfo.environment
        let repository = URL(filePath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent().path
        let runtime = environment["MILLRACE_RUNTIME"] ?? repository + "/.millrace/runtime"
        let path = environment["MILLRACE_CL100K_PATH"] ?? runtime + "/cl100k/cl100k_base.tiktoken"
        guard FileManager.default.fileExists(atPath: path) else { throw Missing(path: path) }
        return path
    }

    /// Every measure of a chunk's size.
    static func measures() throws -> [ChunkMeasure] { [.tokens(try tokenizer()), .characters] }

    static func tokenizer() throws -> Cl100kTokenizer { try shared.get() }

    private static let shared = Result { try Cl100kTokenizer(ranksPath: path()) }
}
