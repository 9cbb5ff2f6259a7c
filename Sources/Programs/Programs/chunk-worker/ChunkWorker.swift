import Chunker
import Chunking
import ProgramFrame
import Wiring

/// Cuts parsed documents into chunks.
enum ChunkWorker {
    static func main() async {
        let work = WorkerSettings(slots: 2)
        let program = Program(
            "chunk-worker", "cuts parsed documents into chunks",
            settings: work.declared + BlobSettings.declared + ChunkSettings.declared)
        await program.run { context in
            let settings = context.settings
            let connections = try Connections(context, lease: context.settings[work.lease])
            let handler = ChunkHandler(
                store: connections.store, blobs: try BlobSettings.store(settings),
                chunker: try ChunkSettings.chunker(settings))
            return try WorkerProgram.services(
                of: handler, on: connections, settings: work, context)
        }
    }
}
