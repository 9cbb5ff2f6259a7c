import Concurrency
import Domain
package import Logging
import Metrics
import ServiceLifecycle

/// Runs the worker of one queue: receives hints, claims jobs in batches, runs the handler, renews
/// the claims and records how the work ended.
///
/// At most `slots` jobs run at once. A hint's offset is acknowledged when its job is claimed, not
/// when it is done: from then on, the lease in the job's row protects it.
package struct QueueWorker: Service {
    // Five kinds of tasks share these fields: the work loop, a `JobRun` per job, the heartbeats,
    // the outbox's sender, and a task per batch that rejects hints. The fields never change after
    // `init`.

    /// Called by each `JobRun`.
    let handler: any JobHandler
    /// Called by all tasks except the outbox's sender.
    let store: any JobStore
    /// Called by the work loop only.
    let receiver: any HintReceiver
    /// Each `JobRun` adds hints, its sender removes them, and `run` ends it.
    let outbox: HintOutbox
    let configuration: QueueWorkerConfiguration
    let timing: Timing
    let logger: Logger
    /// Jobs are added by the work loop and removed by the task that ran them. The heartbeats and
    /// the end of the grace period stop them.
    let active: ActiveJobs
    /// Raised by the handler of graceful shutdown. The work loop reads and awaits it.
    let stopping = StopSignal()

    package init(
        handler: any JobHandler, store: any JobStore, receiver: any HintReceiver,
        sender: any HintSender, configuration: QueueWorkerConfiguration,
        timing: Timing = .machine, logger: Logger
    ) {
        self.handler = handler
        self.store = store
        self.receiver = receiver
        self.configuration = configuration
        self.timing = timing
        self.logger = logger
        outbox = HintOutbox(sender, logger: logger)
        active = ActiveJobs(slots: configuration.slots, timing)
    }

    /// Runs until graceful shutdown, then drains: work continues for `drainGrace`, and what is left
    /// after that is released.
    package func run() async {
        await withGracefulShutdownHandler {
            async let sending: Void = outbox.run()
            await withTaskGroup { group in
                group.addTask { await keepClaimsAlive() }
                await workLoop()
                group.cancelAll()
            }
            outbox.finish()
            await sending
        } onGracefulShutdown: {
            stopping.raise()
        }
    }

    /// Whether the worker claims no more jobs.
    package var isStopping: Bool { stopping.isRaised || Task.isCancelled }

    private func workLoop() async {
        var schedule = PollSchedule(
            idleWait: configuration.idleWait, startingAt: timing.now())
        await withDiscardingTaskGroup { group in
            while !isStopping {
                await waitForSlot()
                if schedule.isBusy { await gatherSlots() }
                guard !isStopping, active.free > 0 else { continue }
                let claimed = await claimNext(active.capacity, &schedule)
                for job in claimed.jobs {
                    let progress = Progress()
                    let stop = active.begin(job, progress)
                    reportBusySlots()
                    group.addTask {
                        await JobRun(worker: self, job: job, progress: progress, stop: stop).run()
                        active.end(job.claim)
                        reportBusySlots()
                    }
                }
                // In a separate task, because the broker may be slow to store what is rejected.
                group.addTask { await rejectHintsWithoutJob(of: claimed) }
            }
            await drain()
        }
    }

    /// Waits for a slot. If none is free after a second, stops fetching hints and only polls.
    private func waitForSlot() async {
        guard active.free == 0 else { return }
        await active.waitForFreeSlots(within: .seconds(1))
        guard active.free == 0 else { return }
        await receiver.stopFetching()
        while active.free == 0, !isStopping {
            do { _ = try await receiver.next(max: 1, wait: .zero) } catch { report(error) }
            await active.waitForFreeSlots(within: .seconds(1))
        }
        await receiver.startFetching()
    }

    /// Waits for several free slots while there is a backlog, because a claim for several costs the
    /// store little more than a claim for one. A slot stays free for at most 20 ms.
    private func gatherSlots() async {
        await active.waitForFreeSlots(
            atLeast: max(1, active.slots / 4), within: .milliseconds(20))
    }

    private func drain() async {
        let deadline = timing.now() + configuration.drainGrace
        while active.free < active.slots, timing.now() < deadline, !Task.isCancelled {
            await active.waitForFreeSlots(within: .milliseconds(200))
            if active.free < active.slots { await timing.sleep(.milliseconds(20)) }
        }
        active.stop(active.claims, .drained)
    }

    /// Extends the leases of all running jobs. Stops jobs whose claim is lost, and all of them when
    /// no heartbeat has succeeded for the length of a lease.
    private func keepClaimsAlive() async {
        var lastSuccess = timing.now()
        var reported: [Claim: Int] = [:]
        while !Task.isCancelled {
            await timing.sleep(configuration.heartbeatInterval)
            let progress = active.progress
            guard !progress.isEmpty else { lastSuccess = timing.now(); continue }
            let claims = progress.map(\.claim)
            let heartbeats = progress.map { claim, steps in
                Heartbeat(claim, hasProgressed: steps > reported[claim, default: 0])
            }
            do {
                let held = try await store.heartbeat(heartbeats, on: configuration.terms)
                lastSuccess = timing.now()
                reported = Dictionary(uniqueKeysWithValues: progress.map { ($0.claim, $0.steps) })
                active.stop(claims.filter { !held.contains($0) }, .claimLost)
            } catch {
                report(error)
                if timing.now() - lastSuccess > configuration.terms.lease {
                    active.stop(claims, .claimLost)
                }
            }
        }
    }

    func report(_ failure: JobFailure) {
        logger.warning(
            "a call to the broker or the store failed; trying again",
            metadata: ["code": "\(failure.code)", "error": "\(failure.message)"])
    }

    private func reportBusySlots() {
        Gauge(label: Telemetry.busySlots, dimensions: [("queue", handler.queue.rawValue)])
            .record(active.slots - active.free)
    }

    func count(_ label: String, _ amount: Int) {
        guard amount > 0 else { return }
        Counter(label: label, dimensions: [("queue", handler.queue.rawValue)])
            .increment(by: Int64(amount))
    }
}
