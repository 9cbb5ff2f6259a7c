import Domain
import Logging
import Metrics

/// Runs one claimed job, from the claim to the recorded outcome.
struct JobRun: Sendable {
    private enum End: Sendable {
        case completed
        case failed(JobFailure)
        case stopped(StopReason)
    }

    let worker: QueueWorker
    let job: ClaimedJob
    let progress: Progress
    let stop: AsyncStream<StopReason>

    func run() async {
        let start = worker.timing.now()
        let end = await work()
        let queue = worker.handler.queue
        let seconds = worker.timing.now() - start
        Metrics.Timer(label: Telemetry.workSeconds, dimensions: [("queue", queue.rawValue)])
            .recordNanoseconds(Int64(seconds / .nanoseconds(1)))
        switch end {
        case .completed:
            if let next = queue.next { worker.outbox.put(job.claim.job, to: next) }
            conclude("completed", .info, "work completed", ["seconds": "\(seconds / .seconds(1))"])
        case .failed(let failure):
            await record(failure)
        case .stopped(.claimLost):
            conclude("lost", .warning, "claim lost, work dropped")
        case .stopped(.drained):
            await release()
        }
    }

    /// Runs the handler until it ends or must stop. Work that completes despite a stop counts as
    /// completed: its heartbeat can cross its commit and find no claim.
    private func work() async -> End {
        await withTaskGroup(of: End?.self) { group in
            group.addTask {
                do throws(JobFailure) {
                    try await worker.handler.work(on: job, progress)
                    return .completed
                } catch {
                    return .failed(error)
                }
            }
            group.addTask {
                for await reason in stop { return .stopped(reason) }
                return nil
            }
            var end: End?
            for await case let result? in group {
                if case .completed = result { end = result }
                end = end ?? result
                group.cancelAll()
            }
            return end ?? .stopped(.claimLost)
        }
    }

    private func record(_ failure: JobFailure) async {
        let verdict = FailureVerdict(
            failure, attempt: job.attempt, attemptsMax: job.attemptsMax,
            policy: worker.configuration.retry, jitter: worker.timing.random())
        let metadata: Logger.Metadata = [
            "code": "\(failure.code)", "error": "\(failure.message)", "attempt": "\(job.attempt)",
        ]
        Counter(
            label: Telemetry.failures,
            dimensions: [("queue", job.queue.rawValue), ("code", failure.code.rawValue)]
        ).increment()
        guard verdict != .abandon else {
            return conclude("lost", .warning, "claim lost, work dropped", metadata)
        }
        guard
            await retrying({ () async throws(JobFailure) in
                try await worker.store.fail(job.claim, failure, verdict: verdict)
            })
        else { return conclude("lost", .warning, "failure not recorded", metadata) }
        switch verdict {
        case .deadletter: conclude("deadlettered", .error, "job dead-lettered", metadata)
        case .retry(_, true): conclude("retried", .warning, "job will be retried", metadata)
        case .retry(_, false): conclude("snoozed", .warning, "job waits for provider", metadata)
        case .abandon: break
        }
    }

    private func release() async {
        let released = await retrying { () async throws(JobFailure) in
            try await worker.store.release([job.claim])
        }
        conclude(released ? "released" : "lost", .info, "job given back on the way out")
    }

    /// Tries a write four times. If all fail, the lease expires and the reconciler takes over.
    private func retrying(_ write: () async throws(JobFailure) -> Void) async -> Bool {
        for attempt in 0..<4 {
            do {
                try await write()
                return true
            } catch {
                if case .leaseLost = error.class { return false }
                worker.logger.warning(
                    "write not accepted, trying again", metadata: meta(["error": "\(error)"]))
            }
            await worker.timing.sleep(.milliseconds(200 << attempt))
        }
        return false
    }

    private func conclude(
        _ outcome: String, _ level: Logger.Level, _ message: Logger.Message,
        _ metadata: Logger.Metadata = [:]
    ) {
        Counter(
            label: Telemetry.ended,
            dimensions: [("queue", job.queue.rawValue), ("outcome", outcome)]
        ).increment()
        worker.logger.log(level: level, message, metadata: meta(metadata))
    }

    private func meta(_ extra: Logger.Metadata) -> Logger.Metadata {
        var metadata = extra
        metadata["job_id"] = "\(job.claim.job)"
        metadata["document_id"] = "\(job.document)"
        metadata["queue"] = "\(job.queue.rawValue)"
        if let correlation = job.correlation { metadata["correlation_id"] = "\(correlation)" }
        return metadata
    }
}
