// Parsers: detects the type of a document and extracts its text.
//
// Invariants: no parser runs inside this process. Every document has its own jailed process
// (parse-sandbox), bounded in memory, processor time, wall-clock time and output, and killed when
// its task is cancelled.
// Neighbours: the DocumentParser and DocumentInspector ports of Pipeline; ParseSandbox.

import Concurrency
package import Domain
import Glibc
package import Pipeline

/// Parses documents on this machine, each in its own jail.
package struct LocalParser: DocumentParser {
    private let server: SandboxServer
    private let limits: ParserLimits
    private let slots: AsyncSemaphore

    /// - Parameters:
    ///   - sandboxPath: the `parse-sandbox` program.
    ///   - pdfiumPath: `libpdfium.so`. Without it, PDF fails as `sandbox_unavailable`.
    package init(sandboxPath: String, pdfiumPath: String?, limits: ParserLimits = .init()) {
        let arguments = [
            "--serve", "--memory-mb", "\(limits.memoryMB)",
            "--cpu-seconds", "\(limits.cpuSeconds)", "--output-bytes", "\(limits.outputBytesMax)",
        ]
        self.server = SandboxServer(
            path: sandboxPath, arguments: arguments + (pdfiumPath.map { ["--pdfium", $0] } ?? []))
        self.limits = limits
        self.slots = AsyncSemaphore(permits: limits.concurrentMax)
    }

    /// Recorded with each text. Must be raised in a release that changes the text of any document.
    private static let identity = "local/2"

    package func parse(
        _ source: SourceDocument
    ) async throws(JobFailure) -> ParsedDocument {
        guard let type = MediaType(contentType: source.mime) else {
            throw .permanent(
                .document(.unsupportedType), "the local parser does not support this type")
        }
        guard await slots.acquire() else {
            throw .transient(.worker(.cancelled), "the parse was cancelled")
        }
        defer { slots.release() }
        return try await run(type.sandboxFormat, on: source.path)
    }

    private func run(
        _ format: String, on document: String
    ) async throws(JobFailure) -> ParsedDocument {
        let child = SandboxChild()
        let (server, limits) = (server, limits)
        let result: Result<ParsedDocument, JobFailure> = await withTaskCancellationHandler {
            do throws(JobFailure) {
                return .success(
                    try await BlockingThread.run { () throws(JobFailure) in
                        try Self.parse(
                            SandboxRun(
                                server: server, format: format, document: document,
                                limits: limits, child: child))
                    } orElse: { reason throws(JobFailure) -> ParsedDocument in
                        throw .noThread(reason)
                    })
            } catch {
                return .failure(error)
            }
        } onCancel: {
            child.cancel()
        }
        return try result.get()
    }

    /// The blocking part.
    private static func parse(_ run: SandboxRun) throws(JobFailure) -> ParsedDocument {
        var run = run
        let end = try run.run()
        let report = SandboxReport(run.report)
        if let failure = end.failure(report) { throw failure }
        return ParsedDocument(
            markdown: run.takeText(), report: report.parseReport(parser: identity))
    }
}

extension JobFailure {
    static func noThread(_ reason: BlockingThread.Unavailable) -> JobFailure {
        .unavailable(.machine(.noThread), "\(reason)")
    }
}

extension MediaType {
    /// The name of this type's parser in the sandbox.
    fileprivate var sandboxFormat: String {
        switch self {
        case .pdf: "pdf"
        case .docx: "docx"
        case .pptx: "pptx"
        case .xlsx: "xlsx"
        case .odt: "odt"
        case .odp: "odp"
        case .ods: "ods"
        case .doc: "doc"
        case .xls: "xls"
        case .ppt: "ppt"
        case .msg: "msg"
        case .html: "html"
        case .markdown: "markdown"
        case .plainText: "text"
        case .csv: "csv"
        case .mail: "eml"
        case .mailbox: "mbox"
        case .savedPage: "mhtml"
        case .epub: "epub"
        case .rtf: "rtf"
        case .json, .jsonLines: "json"
        case .notebook: "notebook"
        case .xml: "xml"
        case .webVTT, .subRip: "subtitles"
        case .zip: "zip"
        case .tar: "tar"
        case .gzip: "gzip"
        }
    }
}
