import ArgumentParser
import CommandLineClient
import Glibc

/// All programs in one executable, which selects the program by the name it is started under.
/// Programs on one machine share its pages in memory.
@main
enum Main {
    static func main() async {
        let path = CommandLine.arguments.first ?? ""
        switch path.split(separator: "/").last {
        case "millrace": await Millrace.main()
        case "ingest-api": await IngestAPI.main()
        case "parse-worker": await ParseWorker.main()
        case "chunk-worker": await ChunkWorker.main()
        case "embed-worker": await EmbedWorker.main()
        case "flusher": await Flusher.main()
        case "reconciler": await ReconcilerProgram.main()
        case "embedded-broker": await EmbeddedBrokerProgram.main()
        default:
            print("'\(path)' is not the name of a program of Millrace")
            exit(64)
        }
    }
}
