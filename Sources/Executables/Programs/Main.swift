import Glibc

/// The programs of the pipeline in one executable, of which each takes its name: programs of one
/// machine share its pages in memory.
@main
enum Main {
    static func main() async {
        let path = CommandLine.arguments.first ?? ""
        switch path.split(separator: "/").last {
        case "ingest-api": await IngestAPI.main()
        case "parse-worker": await ParseWorker.main()
        case "chunk-worker": await ChunkWorker.main()
        case "embed-worker": await EmbedWorker.main()
        case "flusher": await Flusher.main()
        case "reconciler": await ReconcilerProgram.main()
        case "embedded-broker": await EmbeddedBrokerProgram.main()
        default:
            print("'\(path)' is no program's name")
            exit(64)
        }
    }
}
