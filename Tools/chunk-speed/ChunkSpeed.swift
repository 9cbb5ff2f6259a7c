import ArgumentParser
import Chunker
import FoundationEssentials
import Glibc

/// Chunks a file repeatedly and prints the processor time. Run by `make bench`.
@main
struct ChunkSpeed: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Chunks a file repeatedly.",
        discussion: "Prints the number of chunked bytes and the processor time in seconds.")

    enum Work: String, ExpressibleByArgument {
        /// Only counts tokens, without chunking: the cost of the tokenizer alone.
        case count
        case tokens, characters
    }

    @Option(help: "count, tokens or characters.") var by: Work
    @Option(help: "Number of repetitions.") var times = 1
    @Option(help: "cl100k_base.tiktoken.") var ranks: String
    @Argument(help: "Markdown.") var file: String

    func run() throws {
        let text = [UInt8](try Data(contentsOf: URL(filePath: file)))
        let tokenizer = try Cl100kTokenizer(ranksPath: ranks)
        let chunker = MarkdownChunker(by: by == .characters ? .characters : .tokens(tokenizer))
        let start = clock()
        for _ in 0..<times {
            switch by {
            case .count: _ = text.withUnsafeBufferPointer { tokenizer.count(utf8: $0) }
            case .tokens, .characters: _ = try chunker.chunk(text)
            }
        }
        print(text.count * times, Double(clock() - start) / Double(CLOCKS_PER_SEC))
    }
}
