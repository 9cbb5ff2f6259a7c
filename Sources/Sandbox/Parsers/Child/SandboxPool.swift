import Concurrency
import Domain
import Pipeline

/// A sandbox server, and the slots of its documents.
struct SandboxPool: Sendable {
    /// How the run of one document ended.
    struct Outcome: Sendable {
        let document: Result<ParsedDocument, JobFailure>
        let report: SandboxReport
    }

    private let server: SandboxServer
    private let limits: ParserLimits
    private let slots: AsyncSemaphore

    /// - Parameter arguments: those of `parse-sandbox` in addition to the limits.
    init(path: String, arguments: [String], limits: ParserLimits) {
        let bounds = [
            "--serve", "--memory-mb", "\(limits.memoryMB)",
            "--cpu-seconds", "\(limits.cpuSeconds)", "--output-bytes", "\(limits.outputBytesMax)",
        ]
        self.server = SandboxServer(path: path, arguments: bounds + arguments)
        self.limits = limits
        self.slots = AsyncSemaphore(permits: limits.concurrentMax)
    }

    /// Recorded with each text. Must be raised in a release that changes the text of any document.
    private static let identity = "local/2"

    /// Waits for a slot and parses the file at `path`.
    ///
    /// - Throws: when the document's process could not be run or the parse was cancelled.
    func parse(
        _ format: String, path: String, progress: Progress
    ) async throws(JobFailure) -> Outcome {
        guard await slots.acquire() else {
            throw .transient(.worker(.cancelled), "the parse was cancelled")
        }
        defer { slots.release() }
        let child = SandboxChild()
        let (server, limits) = (server, limits)
        let result: Result<Outcome, JobFailure> = await withTaskCancellationHandler {
            do throws(JobFailure) {
                return .success(
                    try await BlockingThread.run { () throws(JobFailure) in
                        try Self.outcome(
                            of: SandboxRun(
                                server: server, format: format, document: path, limits: limits,
                                child: child, progress: progress))
                    } orElse: { reason throws(JobFailure) -> Outcome in
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
    private static func outcome(of run: SandboxRun) throws(JobFailure) -> Outcome {
        var run = run
        let end = try run.run()
        let report = SandboxReport(run.report)
        if let failure = end.failure(report) {
            return Outcome(document: .failure(failure), report: report)
        }
        let document = ParsedDocument(
            markdown: run.takeText(), report: report.parseReport(parser: identity))
        return Outcome(document: .success(document), report: report)
    }
}

extension JobFailure {
    static func noThread(_ reason: BlockingThread.Unavailable) -> JobFailure {
        .unavailable(.machine(.noThread), "\(reason)")
    }
}
