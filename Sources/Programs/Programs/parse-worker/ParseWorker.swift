import ProgramFrame
import Parsers
import Parsing
import Pipeline
import ServiceLifecycle
import Wiring

/// Validates uploaded documents and turns them into Markdown.
enum ParseWorker {
    static let sandbox = Setting.optionalText(
        "parse-sandbox", "The parse-sandbox program; beside this program unless given")
    static let children = Setting.number(
        "parse-children", "Local parses at once; 0 for as many as there are processors",
        standard: 0, in: 0...1000)
    static let pdfium = Setting.optionalText(
        "pdfium-path", "libpdfium.so; without it PDF documents are not parsed")
    static let memory = Setting.number(
        "parse-memory-mb", "Memory one document may take, in MiB", standard: 1024, in: 128...65536)
    static let processorTime = Setting.number(
        "parse-cpu-seconds", "Processor time one document may take, in seconds",
        standard: 30, in: 1...3600)
    static let time = Setting.time(
        "parse-time", "Time one document may take", standard: "2m")
    static let outputBytes = Setting.number(
        "parse-output-bytes", "Bytes of Markdown one document may give",
        standard: 128 << 20, in: 1 << 10...1 << 28)

    static func main() async {
        let work = WorkerSettings(slots: 8)
        let program = Program(
            "parse-worker", "validates uploaded documents and turns them into Markdown",
            settings: work.declared + BlobSettings.declared + [
                sandbox, children, pdfium, memory, processorTime, time, outputBytes,
            ] + LlamaParseSettings.declared)
        await program.run { context in
            let settings = context.settings
            let connections = try Connections(context, lease: context.settings[work.lease])
            let local = LocalParser(
                sandboxPath: settings[sandbox] ?? Program.siblingExecutable("parse-sandbox"),
                pdfiumPath: settings[pdfium],
                limits: ParserLimits(
                    memoryMB: settings[memory], cpuSeconds: settings[processorTime],
                    wallClock: settings[time], outputBytesMax: settings[outputBytes],
                    concurrentMax: settings[children] > 0
                        ? settings[children] : ParserLimits.processors))
            let (parser, services) = try LlamaParseSettings.parser(context, connections, local)
            let handler = ParseHandler(
                store: connections.store, blobs: try BlobSettings.store(settings),
                inspector: FileInspector(), parser: parser)
            return try WorkerProgram.services(
                of: handler, connections, work, context) + services
        }
    }
}
