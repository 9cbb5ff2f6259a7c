// Reconciling: from drift back to the plan.
//
// Invariants: every repair is one fenced statement, safe to run in any number of processes; an
// audit alerts and never mends.
// Neighbours: the job rows it reads, the hints it sends, the blobs it collects.

package import Domain
package import Logging
import Metrics
package import Pipeline
import ServiceLifecycle

/// Sends lost hints again, ends dead claims, sets due retries going, collects orphans, audits.
package struct Reconciler: Service {
    package struct Configuration: Sendable {
        package var repairInterval: Duration
        package var auditInterval: Duration
        package var collectInterval: Duration
        /// Blobs younger than this may belong to an upload in flight.
        package var orphanAge: Duration
        package var pageSize: Int
        package var retry: RetryPolicy

        package init(
            repairInterval: Duration = .seconds(1), auditInterval: Duration = .seconds(60),
            collectInterval: Duration = .seconds(600), orphanAge: Duration = .seconds(3600),
            pageSize: Int = 500, retry: RetryPolicy = RetryPolicy()
        ) {
            self.repairInterval = repairInterval
            self.auditInterval = auditInterval
            self.collectInterval = collectInterval
            self.orphanAge = orphanAge
            self.pageSize = pageSize
            self.retry = retry
        }
    }

    private let store: any ReconcileStore
    private let sender: any HintSender
    private let blobs: any BlobStore
    private let configuration: Configuration
    private let surroundings: Surroundings
    private let logger: Logger

    package init(
        store: any ReconcileStore, sender: any HintSender, blobs: any BlobStore,
        configuration: Configuration = Configuration(), surroundings: Surroundings = .machine,
        logger: Logger
    ) {
        self.store = store
        self.sender = sender
        self.blobs = blobs
        self.configuration = configuration
        self.surroundings = surroundings
        self.logger = logger
    }

    package func run() async {
        await untilGracefulShutdown {
            await withTaskGroup { group in
                group.addTask { await every(configuration.repairInterval) { await repair() } }
                group.addTask { await every(configuration.auditInterval) { await audit() } }
                group.addTask { await every(configuration.collectInterval) { await collect() } }
            }
        }
    }

    private func every(_ interval: Duration, _ body: () async -> Void) async {
        while !Task.isCancelled {
            await body()
            await surroundings.sleep(interval * (0.9 + 0.2 * surroundings.random()))
        }
    }

    /// One pass over all repairs, each page by page until a page is not full.
    package func repair() async {
        let limit = configuration.pageSize
        await pages("lease_expired") { () async throws(StageFailure) in
            try await store.expireLeases(limit: limit, retry: configuration.retry)
        }
        await pages("deadline_exceeded") { () async throws(StageFailure) in
            try await store.expireDeadlines(limit: limit, retry: configuration.retry)
        }
        await pages("retry_due") { () async throws(StageFailure) in
            try await tell(try await store.resumeDueRetries(limit: limit))
        }
        await pages("renotified") { () async throws(StageFailure) in
            try await tell(try await store.renotify(limit: limit))
        }
    }

    private func tell(_ hints: [DueHint]) async throws(StageFailure) -> Int {
        for queue in WorkQueue.allCases {
            let jobs = hints.filter { $0.queue == queue }.map(\.job)
            if !jobs.isEmpty { try await sender.send(jobs, to: queue) }
        }
        return hints.count
    }

    private func pages(
        _ repair: String, _ page: () async throws(StageFailure) -> Int
    ) async {
        do {
            var count = 0
            repeat {
                count = try await page()
                guard count > 0 else { return }
                Counter(label: Telemetry.repairs, dimensions: [("repair", repair)])
                    .increment(by: Int64(count))
                logger.info("repaired", metadata: ["repair": "\(repair)", "jobs": "\(count)"])
            } while count >= configuration.pageSize && !Task.isCancelled
        } catch {
            logger.warning(
                "repair failed; the next pass tries again",
                metadata: ["repair": "\(repair)", "error": "\(error)"])
        }
    }

    /// R5: publishes gauges and breaches.
    package func audit() async {
        do {
            let gauges = try await store.gauges()
            for position in Position.all where position.isLegal {
                Gauge(
                    label: Telemetry.jobs,
                    dimensions: [
                        ("stage", position.stage.rawValue), ("state", position.state.rawValue),
                    ]
                ).record(gauges.jobs[position] ?? 0)
            }
            for (queue, seconds) in gauges.oldestWaitingSeconds {
                Gauge(label: Telemetry.oldestWaiting, dimensions: [("queue", queue.rawValue)])
                    .record(seconds)
            }
            let breaches = try await store.audit()
            for breach in breaches {
                logger.error(
                    "invariant breached",
                    metadata: [
                        "invariant": "\(breach.invariant)", "subject": "\(breach.subject)",
                        "detail": "\(breach.detail)",
                    ])
            }
            Gauge(label: Telemetry.breaches).record(breaches.count)
        } catch {
            logger.warning("audit failed", metadata: ["error": "\(error)"])
        }
    }

    /// R4: deletes staged rows and blobs that nothing refers to.
    package func collect() async {
        let limit = configuration.pageSize
        await pages("orphan_rows") { () async throws(StageFailure) in
            try await store.deleteOrphanRows(limit: limit)
        }
        var cursor: String?
        await pages("orphan_blobs") { () async throws(StageFailure) in
            let page = try await blobs.list(
                olderThan: configuration.orphanAge, after: cursor, limit: limit)
            cursor = page.last?.key
            let referenced = try await store.referenced(page)
            for blob in page where !referenced.contains(blob) { try await blobs.delete(blob) }
            return page.count
        }
    }
}
