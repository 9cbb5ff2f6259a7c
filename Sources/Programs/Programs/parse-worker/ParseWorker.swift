import ProgramFrame
import Parsers
import Parsing
import Pipeline
import ProviderSetup
import ServiceLifecycle
import Wiring

/// Validates uploaded documents and turns them into Markdown.
enum ParseWorker {
    static let sandbox = Setting.optionalText(
        "parse-sandbox-path",
        "Path of the program parse-sandbox; default: in the folder of this program")
    static let processes = Setting.number(
        "parse-processes",
        "Maximum number of documents that are parsed locally at the same time, each in a separate "
            + "process; auto is one per processor, at least 2", or: "auto", in: 1...1000)
    static let pdfium = Setting.optionalText(
        "pdfium-path", "Path of libpdfium.so; without it, PDF documents are not parsed")
    static let memory = Setting.number(
        "parse-memory-mb", "Memory limit of parsing one document, in MiB", default: 1024,
        in: 128...65536)
    static let processorTime = Setting.number(
        "parse-cpu-seconds", "Limit of processor time for parsing one document, in seconds",
        default: 30, in: 1...3600)
    static let time = Setting.time(
        "parse-timeout", "Time limit of parsing one document", default: "2m")
    static let outputBytes = Setting.number(
        "parse-output-bytes", "Maximum size of a document's Markdown, in bytes",
        default: 128 << 20, in: 1 << 10...1 << 28)

    static func main() async {
        let work = WorkerSettings(slots: 8)
        let program = Program(
            "parse-worker", "validates uploaded documents and turns them into Markdown",
            settings: work.declared + BlobSettings.declared + [
                sandbox, processes, pdfium, memory, processorTime, time, outputBytes,
            ] + RecognitionSettings.declared + ProviderSettings.ofParsers)
        await program.run { context in
            let settings = context.settings
            let connections = try Connections(context, lease: context.settings[work.lease])
            let limits = ParserLimits(
                memoryMB: settings[memory], cpuSeconds: settings[processorTime],
                wallClock: settings[time], outputBytesMax: settings[outputBytes],
                concurrentMax: settings[processes] ?? ParserLimits.processors)
            let local = try await RecognitionSettings.parser(settings, logger: context.logger) {
                LocalParser(
                    sandboxPath: settings[sandbox] ?? Program.siblingExecutable("parse-sandbox"),
                    pdfiumPath: settings[pdfium], limits: limits, recognition: $0)
            }
            let built = try ProviderSettings.parser(
                context, connections, local: local)
            let handler = ParseHandler(
                store: connections.store, blobs: try BlobSettings.store(settings),
                inspector: FileInspector(), parser: built.parser)
            return try WorkerProgram.services(
                of: handler, on: connections, settings: work, context) + built.services
        }
    }
}
