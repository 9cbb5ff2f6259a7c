import Chunker
import Chunking
import Domain
import Embedding
import Flushing
import FoundationEssentials
import Indexing
import JobStorePostgres
import ProgramFrame
import Parsers
import Parsing
import Pipeline
import ServiceLifecycle
import Wiring

/// A queue's worker as shipped, except for a parser and an embedder that take no time. What remains
/// is the cost of the pipeline itself. For benchmarks only.
@main
enum LoadWorker {
    static let queue = Setting<WorkQueue>.choice("queue", "parse, chunk, embed or flush")
    static let latency = Setting.number(
        "latency-ms", "Delay of every embedding, in milliseconds", default: 0, in: 0...60_000)
    static let ranks = Setting.text("cl100k-path", "cl100k_base.tiktoken")

    static func main() async {
        let work = WorkerSettings(slots: 32)
        let program = Program(
            "load-worker", "serves a queue with a parser and an embedder that take no time",
            settings: work.declared + BlobSettings.declared + [queue, latency, ranks])
        await program.run { context in
            let settings = context.settings
            let connections = try Connections(context, lease: settings[work.lease])
            let store = connections.store
            var services: [any Service] = []
            let handler: any JobHandler
            switch settings[queue] {
            case .parse:
                handler = ParseHandler(
                    store: store, blobs: try BlobSettings.store(settings),
                    inspector: FileInspector(), parser: InstantParser())
            case .chunk:
                handler = ChunkHandler(
                    store: store, blobs: try BlobSettings.store(settings),
                    chunker: MarkdownChunker(
                        by: .tokens(try Cl100kTokenizer(ranksPath: settings[ranks]))))
            case .embed:
                handler = EmbedHandler(
                    store: store,
                    embedder: InstantEmbedder(latency: .milliseconds(settings[latency])))
            case .flush:
                let vacuum = BufferVacuum(logger: context.logger) {
                    try await store.vacuumBuffers()
                }
                let index = IndexMaintainer(store: store, logger: context.logger)
                services += [vacuum, index] as [any Service]
                handler = FlushHandler(store: store, vacuum: vacuum, index: index)
            }
            return try WorkerProgram.services(
                of: handler, on: connections, settings: work, context) + services
        }
    }
}

/// Returns a document's bytes as its text.
private struct InstantParser: DocumentParser {
    func parse(_ source: SourceDocument) async throws(JobFailure) -> ParsedDocument {
        guard let bytes = FileManager.default.contents(atPath: source.path) else {
            throw .transient(.storage(.blobUnreadable), source.path)
        }
        return ParsedDocument(
            markdown: String(decoding: bytes, as: UTF8.self),
            report: ParseReport(parser: "instant/1"))
    }
}

/// Returns the same vector for all texts.
private struct InstantEmbedder: Embedder {
    let space = EmbeddingSpace(model: "instant", version: "1", width: EmbeddingSpace.storedWidth)
    let batchMax = 256
    let latency: Duration
    private static let vector = [Float](
        repeating: 1 / Float(EmbeddingSpace.storedWidth).squareRoot(),
        count: EmbeddingSpace.storedWidth)

    func embed(
        _ texts: [String], for subject: CallSubject
    ) async throws(JobFailure) -> [[Float]] {
        if latency > .zero { try? await Task.sleep(for: latency) }
        return texts.map { _ in Self.vector }
    }
}
