import Domain
import Logging
import Metrics

/// Runs one claimed job: works on it, judges how the work ended, records the judgement and reports
/// the outcome.
struct JobRun: Sendable {
    private enum End: Sendable {
        case completed
        case failed(JobFailure)
        case stopped(StopReason)
    }

    private enum Judgement: Sendable {
        /// The handler has recorded the result. The next queue gets a hint.
        case handOn
        case fail(JobFailure, FailureVerdict)
        case release
        case drop
    }

    let worker: QueueWorker
    let job: ClaimedJob
    /// Counted by the handler, read by the heartbeats.
    let progress: Progress
    /// Yields a reason when the work must stop.
    let stop: AsyncStream<StopReason>

    func run() async {
        let start = worker.timing.now()
        let end = await work()
        let duration = worker.timing.now() - start
        let judgement = judge(end)
        let outcome = await record(judgement)
        report(outcome, of: judgement, after: duration)
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

    private func judge(_ end: End) -> Judgement {
        switch end {
        case .completed: .handOn
        case .failed(let failure):
            .fail(
                failure,
                FailureVerdict(
                    failure, attempt: job.attempt, attemptsMax: job.attemptsMax,
                    policy: worker.configuration.retry, jitter: worker.timing.random()))
        case .stopped(.claimLost): .drop
        case .stopped(.drained): .release
        }
    }

    private func record(_ judgement: Judgement) async -> JobOutcome {
        switch judgement {
        case .handOn:
            if let next = job.queue.next { worker.outbox.put(job.claim.job, to: next) }
            return .completed
        case .fail(let failure, let verdict):
            guard let outcome = JobOutcome(verdict) else { return .lost }
            return await retrying(toRecord: outcome) { () async throws(JobFailure) in
                try await worker.store.fail(job.claim, failure, verdict: verdict)
            }
        case .release:
            return await retrying(toRecord: .released) { () async throws(JobFailure) in
                try await worker.store.release([job.claim])
            }
        case .drop:
            return .lost
        }
    }

    /// Tries a write four times. If all fail, the lease expires and the reconciler takes over.
    private func retrying(
        toRecord outcome: JobOutcome, _ write: () async throws(JobFailure) -> Void
    ) async -> JobOutcome {
        for attempt in 0..<4 {
            do {
                try await write()
                return outcome
            } catch {
                if case .leaseLost = error.class { return .lost }
                worker.logger.warning(
                    "outcome not accepted by the store; trying again",
                    metadata: metadata(adding: ["error": "\(error)"]))
            }
            await worker.timing.sleep(.milliseconds(200 << attempt))
        }
        return .unrecorded
    }

    private func report(
        _ outcome: JobOutcome, of judgement: Judgement, after duration: Duration
    ) {
        let queue = job.queue.rawValue
        Metrics.Timer(label: Telemetry.workSeconds, dimensions: [("queue", queue)])
            .recordNanoseconds(Int64(duration / .nanoseconds(1)))
        Counter(
            label: Telemetry.ended, dimensions: [("queue", queue), ("outcome", outcome.label)]
        ).increment()
        var facts: Logger.Metadata = ["seconds": "\(duration / .seconds(1))"]
        if case .fail(let failure, _) = judgement {
            Counter(
                label: Telemetry.failures,
                dimensions: [("queue", queue), ("code", failure.code.rawValue)]
            ).increment()
            facts["code"] = "\(failure.code)"
            facts["error"] = "\(failure.message)"
            facts["attempt"] = "\(job.attempt)"
        }
        worker.logger.log(
            level: outcome.level, outcome.message, metadata: metadata(adding: facts))
    }

    private func metadata(adding facts: Logger.Metadata) -> Logger.Metadata {
        var metadata = facts
        metadata["job_id"] = "\(job.claim.job)"
        metadata["document_id"] = "\(job.document)"
        metadata["queue"] = "\(job.queue.rawValue)"
        if let correlation = job.correlation { metadata["correlation_id"] = "\(correlation)" }
        return metadata
    }
}
