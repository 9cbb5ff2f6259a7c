import Concurrency
import Domain
import Metrics
import Pipeline
import Synchronization

/// Parses documents with optical recognition.
///
/// It has a sandbox server of its own, which is started with the first document: the library and
/// its language data need memory, and a child of a server that has loaded them takes longer to
/// start. It also has slots of its own, because a scan takes minutes, and other documents take
/// milliseconds.
final class PageRecogniser: Sendable {
    private let pool: SandboxPool
    private let documentsMax: Int
    /// Documents that are being recognised or wait for a slot.
    private let documents = Mutex(0)

    init(sandboxPath: String, arguments: [String], limits: ParserLimits) {
        pool = SandboxPool(path: sandboxPath, arguments: arguments, limits: limits)
        documentsMax = 2 * limits.concurrentMax
    }

    /// Parses a document and recognises its pages without text.
    ///
    /// - Throws: `ocr_busy` if as many documents wait as are being recognised. A document that
    ///   waited here would occupy a slot of the worker, which other documents can use.
    func parse(
        _ format: String, _ source: SourceDocument
    ) async throws(JobFailure) -> SandboxPool.Outcome {
        let isAdmitted = documents.withLock { documents in
            guard documents < documentsMax else { return false }
            documents += 1
            return true
        }
        guard isAdmitted else {
            throw .unavailable(
                .parser(.recognitionBusy), "all processes of optical recognition are in use",
                for: .seconds(60))
        }
        defer { documents.withLock { $0 -= 1 } }
        let start = ContinuousClock.now
        let outcome = try await pool.parse(format, path: source.path, progress: source.progress)
        Self.record(outcome.report, ContinuousClock.now - start)
        return outcome
    }

    /// Why optical recognition does not work on this machine; `nil` if it does.
    func obstacle() async throws(JobFailure) -> String? {
        let outcome = try await pool.parse("image", path: "/dev/null", progress: Progress())
        guard case .failure(let failure) = outcome.document,
            failure.code == .machine(.sandboxUnavailable)
        else { return nil }
        return failure.message
    }

    private static func record(_ report: SandboxReport, _ duration: Duration) {
        let pages = [
            ("recognised", report.pagesByOcr ?? 0), ("failed", report.count(of: .ocrFailed)),
        ]
        for (outcome, count) in pages where count > 0 {
            Counter(label: Telemetry.ocrPages, dimensions: [("outcome", outcome)])
                .increment(by: count)
        }
        Metrics.Timer(label: Telemetry.ocrSeconds)
            .recordNanoseconds(Int64(duration / .nanoseconds(1)))
    }
}
