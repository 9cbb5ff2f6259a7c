import ArgumentParser
import CommandLineClient
import Domain
import Glibc

/// All programs in one executable, which selects the program by the name it is started under.
/// Programs on one machine share its pages in memory.
@main
enum Main {
    static func main() async {
        let path = CommandLine.arguments.first ?? ""
        switch ProgramName(rawValue: String(path.split(separator: "/").last ?? "")) {
        case .millrace: await Millrace.start()
        case .ingestAPI: await IngestAPI.main()
        case .parseWorker: await ParseWorker.main()
        case .chunkWorker: await ChunkWorker.main()
        case .embedWorker: await EmbedWorker.main()
        case .flusher: await Flusher.main()
        case .reconciler: await ReconcilerProgram.main()
        case .embeddedBroker: await EmbeddedBrokerProgram.main()
        case nil:
            let names = ProgramName.allCases.map(\.rawValue).joined(separator: ", ")
            print("'\(path)' is not the name of a program of Millrace; programs: \(names)")
            exit(64)
        }
    }
}
