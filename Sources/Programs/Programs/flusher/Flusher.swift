import Flushing
import Indexing
import JobStorePostgres
import ProgramFrame
import Wiring

/// Moves finished documents from the buffers to the searchable tables.
enum Flusher {
    static func main() async {
        let work = WorkerSettings(slots: 128)
        let program = Program(
            "flusher", "moves buffered chunks and vectors into document_chunks",
            settings: work.declared)
        await program.run { context in
            let connections = try Connections(context, lease: context.settings[work.lease])
            let vacuum = BufferVacuum(logger: context.logger) {
                try await connections.store.vacuumBuffers()
            }
            let index = IndexMaintainer(store: connections.store, logger: context.logger)
            let handler = FlushHandler(
                store: connections.store, vacuum: vacuum, index: index)
            return try WorkerProgram.services(
                of: handler, on: connections, settings: work, context)
                + [vacuum, index]
        }
    }
}
