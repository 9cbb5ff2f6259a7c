import Flushing
import Indexing
import JobStorePostgres
import ProgramFrame
import Wiring

/// Moves finished documents from the buffers to the searchable tables.
enum Flusher {
    static func main() async {
        let stage = StageSettings(slots: 128)
        let program = Program(
            "flusher", "moves buffered chunks and vectors into document_chunks",
            settings: stage.declared)
        await program.run { context in
            let connections = try Connections(context, lease: context.settings[stage.lease])
            let vacuum = BufferVacuum(logger: context.logger) {
                try await connections.store.vacuumBuffers()
            }
            let cells = CellKeeper(store: connections.store, logger: context.logger)
            let handler = FlushHandler(
                store: connections.store, vacuum: vacuum, cells: cells)
            return try StageWorker.services(handler, connections, stage, context)
                + [vacuum, cells]
        }
    }
}
