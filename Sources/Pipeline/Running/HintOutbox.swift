package import Domain
package import Logging
import Metrics

/// Sends the hints of completed work without holding up the workers.
///
/// Bounded: while the broker is away hints are dropped and counted; the reconciler sends them
/// again when they are due.
package struct HintOutbox: Sendable {
    private let sender: any HintSender
    private let logger: Logger
    private let hints: AsyncStream<(JobID, WorkQueue)>
    private let inlet: AsyncStream<(JobID, WorkQueue)>.Continuation

    package init(_ sender: any HintSender, capacity: Int = 4096, logger: Logger) {
        self.sender = sender
        self.logger = logger
        (hints, inlet) = AsyncStream.makeStream(bufferingPolicy: .bufferingOldest(capacity))
    }

    package func put(_ job: JobID, to queue: WorkQueue) {
        if case .dropped = inlet.yield((job, queue)) {
            Counter(label: Telemetry.hintsDropped, dimensions: [("queue", queue.rawValue)])
                .increment()
        }
    }

    /// No more hints come; `run` returns when the last is sent.
    package func finish() { inlet.finish() }

    package func run() async {
        for await (job, queue) in hints {
            do {
                try await sender.send([job], to: queue)
            } catch {
                Counter(label: Telemetry.hintsDropped, dimensions: [("queue", queue.rawValue)])
                    .increment()
                logger.warning(
                    "hint not sent; the reconciler will",
                    metadata: [
                        "job_id": "\(job)", "queue": "\(queue.rawValue)", "error": "\(error)",
                    ])
            }
        }
    }
}
