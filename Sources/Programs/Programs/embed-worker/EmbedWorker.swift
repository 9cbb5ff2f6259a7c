import Embedding
import ProgramFrame
import ProviderSetup
import Wiring

/// Turns chunks into vectors.
enum EmbedWorker {
    static let threads = Setting.number(
        "embed-threads", "Threads that compute vectors locally; auto is one per processor",
        or: "auto", in: 1...256)

    static func main() async {
        let work = WorkerSettings(slots: 2)
        let program = Program(
            "embed-worker", "turns chunks into vectors",
            settings: work.declared + ProviderSettings.ofEmbedders + [threads])
        await program.run { context in
            let settings = context.settings
            let connections = try Connections(context, lease: context.settings[work.lease])
            let built = try ProviderSettings.embedder(
                context, connections, threads: settings[threads])
            let handler = EmbedHandler(store: connections.store, embedder: built.embedder)
            return try WorkerProgram.services(
                of: handler, on: connections, settings: work, context) + built.services
        }
    }
}
