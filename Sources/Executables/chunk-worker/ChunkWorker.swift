import Chunker
import Chunking
import Operations
import Wiring

/// Cuts parsed documents into chunks.
@main
enum ChunkWorker {
    static let ranks = Setting.text(
        "cl100k-path", "cl100k_base.tiktoken, the ranks of the tokenizer that measures chunks")

    static func main() async {
        let stage = StageSettings(slots: 2)
        let program = Program(
            "chunk-worker", "cuts parsed documents into chunks",
            settings: stage.declared + BlobSettings.declared + [ranks])
        await program.run { context in
            let settings = context.settings
            let connections = try Connections(context, lease: context.settings[stage.lease])
            let tokenizer = try Cl100kTokenizer(ranksPath: settings[ranks])
            let handler = ChunkHandler(
                store: connections.store, blobs: try BlobSettings.store(settings),
                chunker: MarkdownChunker(tokenizer: tokenizer))
            return try StageWorker.services(handler, connections, stage, context)
        }
    }
}
