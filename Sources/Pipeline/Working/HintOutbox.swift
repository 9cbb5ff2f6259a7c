package import Domain
package import Logging
import Metrics
import Synchronization

/// Sends the hints of completed work in the background, all pending ones at once, so that workers
/// do not wait for the broker.
///
/// Bounded. While the broker is unavailable, hints are dropped and counted; the reconciler resends
/// them when they are due.
package final class HintOutbox: Sendable {
    private struct Waiting {
        var jobs: [WorkQueue: [JobID]] = [:]
        var count = 0
    }

    private let sender: any HintSender
    private let capacity: Int
    private let logger: Logger
    private let waiting = Mutex(Waiting())
    private let arrivals: AsyncStream<Void>
    private let inlet: AsyncStream<Void>.Continuation

    package init(_ sender: any HintSender, capacity: Int = 4096, logger: Logger) {
        self.sender = sender
        self.capacity = capacity
        self.logger = logger
        (arrivals, inlet) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    package func put(_ job: JobID, to queue: WorkQueue) {
        let isKept = waiting.withLock { waiting in
            guard waiting.count < capacity else { return false }
            waiting.jobs[queue, default: []].append(job)
            waiting.count += 1
            return true
        }
        guard isKept else { return countDropped(1, to: queue) }
        inlet.yield()
    }

    /// Ends the input; `run` returns when the last hint is sent.
    package func finish() { inlet.finish() }

    package func run() async {
        for await _ in arrivals {
            for (queue, jobs) in takeAll() { await send(jobs, to: queue) }
        }
    }

    private func takeAll() -> [WorkQueue: [JobID]] {
        waiting.withLock { waiting in
            defer { waiting = Waiting() }
            return waiting.jobs
        }
    }

    private func send(_ jobs: [JobID], to queue: WorkQueue) async {
        do {
            try await sender.send(jobs, to: queue)
        } catch {
            countDropped(jobs.count, to: queue)
            logger.warning(
                "hints not sent; the reconciler resends them when they are due",
                metadata: [
                    "jobs": "\(jobs.count)", "queue": "\(queue.rawValue)", "error": "\(error)",
                ])
        }
    }

    private func countDropped(_ count: Int, to queue: WorkQueue) {
        Counter(label: Telemetry.hintsDropped, dimensions: [("queue", queue.rawValue)])
            .increment(by: count)
    }
}
