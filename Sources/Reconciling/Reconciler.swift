// Reconciling: detects and repairs drift.
//
// Invariants: every repair is one fenced statement, safe to run in any number of processes; an
// audit raises alerts and never repairs.
// Neighbours: the job rows that it reads, the hints that it sends, the blobs that it collects.

import Concurrency
package import Domain
import Glibc
package import Logging
import Metrics
import Operating
package import Pipeline
import ServiceLifecycle

/// Resends lost hints, ends dead claims, starts due retries, collects orphans and audits.
package struct Reconciler: Service {
    package struct Configuration: Sendable {
        package var repairInterval: Duration
        package var auditInterval: Duration
        package var collectInterval: Duration
        /// Blobs younger than this may belong to an upload in flight.
        package var orphanAge: Duration
        package var pageSize: Int
        /// How long a worker's session must be missing before its claims end. Must be longer than a
        /// live worker needs to notice a lost connection and reconnect.
        package var sessionGrace: Duration
        package var retry: RetryPolicy

        package init(
            repairInterval: Duration = .seconds(1), auditInterval: Duration = .seconds(60),
            collectInterval: Duration = .seconds(600), orphanAge: Duration = .seconds(3600),
            pageSize: Int = 500, sessionGrace: Duration = .seconds(5),
            retry: RetryPolicy = RetryPolicy()
        ) {
            self.repairInterval = repairInterval
            self.auditInterval = auditInterval
            self.collectInterval = collectInterval
            self.orphanAge = orphanAge
            self.pageSize = pageSize
            self.sessionGrace = sessionGrace
            self.retry = retry
        }
    }

    let store: any ReconcileStore
    private let sender: any HintSender
    let blobs: any BlobStore
    let configuration: Configuration
    private let timing: Timing
    let logger: Logger
    private let sessions: LostSessions

    package init(
        store: any ReconcileStore, sender: any HintSender, blobs: any BlobStore,
        configuration: Configuration = Configuration(), timing: Timing = .machine,
        logger: Logger
    ) {
        self.store = store
        self.sender = sender
        self.blobs = blobs
        self.configuration = configuration
        self.timing = timing
        self.logger = logger
        sessions = LostSessions(grace: configuration.sessionGrace)
    }

    package func run() async {
        await untilGracefulShutdown {
            await withTaskGroup { group in
                let interval = configuration.repairInterval
                group.addTask { await every(interval) { await startWork() } }
                // Less often: leases and deadlines are long, and idle workers poll the table.
                group.addTask {
                    await every(interval * 3) {
                        await endExpiredClaims()
                        await sendLostHints()
                    }
                }
                group.addTask {
                    var sound: Duration?
                    await every(configuration.auditInterval) { sound = await audit(since: sound) }
                }
                group.addTask { await every(configuration.collectInterval) { await collect() } }
            }
        }
    }

    private func every(_ interval: Duration, _ body: () async -> Void) async {
        while !Task.isCancelled {
            await body()
            await timing.sleep(timing.jittered(interval))
        }
    }

    /// Runs every repair once, page by page until a page is not full.
    package func repair() async {
        await endExpiredClaims()
        await startWork()
        await sendLostHints()
    }

    private func endExpiredClaims() async {
        let limit = configuration.pageSize
        await pages("lease_expired") { () async throws(JobFailure) in
            full(try await store.expireLeases(limit: limit, retry: configuration.retry))
        }
        await pages("deadline_exceeded") { () async throws(JobFailure) in
            full(try await store.expireDeadlines(limit: limit, retry: configuration.retry))
        }
    }

    /// Runs the repairs that jobs are waiting for.
    private func startWork() async {
        let limit = configuration.pageSize
        await pages("worker_died") { () async throws(JobFailure) in
            let dead = sessions.dead(
                among: try await store.lostSessions(), at: timing.now())
            guard !dead.isEmpty else { return Page(repaired: 0, isLast: true) }
            return full(
                try await store.endDeadClaims(
                    of: dead, limit: limit, retry: configuration.retry))
        }
        await pages("retry_due") { () async throws(JobFailure) in
            full(try await send(try await store.resumeDueRetries(limit: limit)))
        }
    }

    private func sendLostHints() async {
        await pages("hint_resent") { () async throws(JobFailure) in
            Page(repaired: try await wake(), isLast: true)
        }
    }

    /// R1: wakes queues with waiting jobs and no active worker.
    ///
    /// Does not re-announce every waiting job: a worker that claims one job polls the table for the
    /// rest. Queues with active workers get no new hints, however long the backlog.
    private func wake() async throws(JobFailure) -> Int {
        let resting = try await store.idleQueues()
        guard !resting.isEmpty else { return 0 }
        return try await send(try await store.resendHints(resting, limit: Self.wakeUps))
    }

    /// Hints per queue and pass; enough to wake the worker of every partition.
    private static let wakeUps = 100

    private func send(_ hints: [DueHint]) async throws(JobFailure) -> Int {
        for queue in WorkQueue.allCases {
            let jobs = hints.filter { $0.queue == queue }.map(\.job)
            if !jobs.isEmpty { try await sender.send(jobs, to: queue) }
        }
        return hints.count
    }

    /// One step of a repair.
    struct Page {
        var repaired: Int
        var isLast: Bool
    }

    /// A page that is the last one unless it was full.
    private func full(_ repaired: Int) -> Page {
        Page(repaired: repaired, isLast: repaired < configuration.pageSize)
    }

    func pages(
        _ repair: String, _ next: () async throws(JobFailure) -> Page
    ) async {
        do {
            while !Task.isCancelled {
                let page = try await next()
                if page.repaired > 0 {
                    Counter(label: Telemetry.repairs, dimensions: [("repair", repair)])
                        .increment(by: Int64(page.repaired))
                    logger.info(
                        "repaired",
                        metadata: ["repair": "\(repair)", "count": "\(page.repaired)"])
                }
                if page.isLast { return }
            }
        } catch {
            logger.warning(
                "repair failed; the next pass tries again",
                metadata: ["repair": "\(repair)", "error": "\(error)"])
        }
    }

    /// R5: publishes gauges, and the breaches among recent changes.
    ///
    /// - Parameter sound: the moment, by the clock of `timing`, up to which no breach was found.
    ///   The audit covers the changes since then and a minute more; without it, the last hour.
    /// - Returns: the moment for the next audit. It does not advance while there are breaches or
    ///   the audit fails, so that nothing is skipped; an audit covers at most a day.
    @discardableResult
    package func audit(since sound: Duration? = nil) async -> Duration {
        let start = timing.now()
        let unsettled = sound ?? start - .seconds(3600)
        let window = min(start - unsettled + .seconds(60), .seconds(86_400))
        do {
            publish(try await store.gauges())
            if let free = try await blobs.freeBytes() {
                Gauge(label: Telemetry.storageFree).record(free)
            }
            let breaches = try await store.audit(of: window)
            publish(breaches)
            Gauge(label: Telemetry.audited).record(Double(time(nil)))
            return breaches.isEmpty ? start : unsettled
        } catch {
            logger.warning("audit failed", metadata: ["error": "\(error)"])
            return unsettled
        }
    }

    private func publish(_ gauges: PipelineGauges) {
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
    }

    private func publish(_ breaches: [Breach]) {
        for breach in breaches {
            logger.error(
                "invariant violated",
                metadata: [
                    "invariant": "\(breach.invariant.name)", "subject": "\(breach.subject)",
                    "detail": "\(breach.detail)",
                ])
        }
        for invariant in Invariant.allCases {
            Gauge(label: Telemetry.breaches, dimensions: [("invariant", invariant.name)])
                .record(breaches.count { $0.invariant == invariant })
        }
    }
}
