import Concurrency
import Domain

/// How a worker finds its jobs: by hints, and in the table.
extension QueueWorker {
    /// The claimed jobs, and the hints that named them; `nil` when all were found in the table.
    struct ClaimedBatch {
        var jobs: [ClaimedJob]
        var batch: HintBatch?
    }

    /// Claims jobs that hints name, or that wait in the table.
    func claimNext(
        _ capacity: (jobs: Int, chunksMax: Int), _ schedule: inout PollSchedule
    ) async -> ClaimedBatch {
        var limits = ClaimLimits(capacity.jobs, chunksMax: capacity.chunksMax)
        guard !schedule.isDue(at: timing.now()) else {
            return ClaimedBatch(jobs: await claimWaiting(limits, &schedule))
        }
        let others = await claimOthers(limits, &schedule)
        limits.jobs -= others.count
        guard limits.jobs > 0 else { return ClaimedBatch(jobs: others) }
        let wait = others.isEmpty ? schedule.waitForHints : .zero
        let batch = await nextHints(limits.jobs, within: wait)
        guard let batch, !batch.jobs.isEmpty else {
            return ClaimedBatch(jobs: others + (await claimWaiting(limits, &schedule)))
        }
        // Without an acknowledgement, these hints are delivered again.
        guard let jobs = await claimHinted(batch.jobs, limits.chunksMax) else {
            return ClaimedBatch(jobs: others)
        }
        schedule.recordServed(jobs.map(\.tenant))
        do {
            try batch.acknowledge()
        } catch {
            // The claims hold nevertheless. Redelivered hints will find the jobs claimed.
            report(error)
        }
        return ClaimedBatch(jobs: others + jobs, batch: batch)
    }

    /// Claims jobs of tenants that the last hints did not name, with up to half of the slots. Hints
    /// arrive in the order in which jobs were queued, so under load they name only the first.
    private func claimOthers(
        _ limits: ClaimLimits, _ schedule: inout PollSchedule
    ) async -> [ClaimedJob] {
        var limits = limits
        limits.jobs = schedule.shareOfOthers(limits.jobs)
        limits.excluded = schedule.lastServed
        guard limits.jobs > 0 else { return [] }
        return await claimFromTable(limits, &schedule) ?? []
    }

    /// Receives hints; shutdown ends the wait. `nil` when the queue cannot be reached.
    private func nextHints(_ limit: Int, within wait: Duration) async -> HintBatch? {
        let answer = await stopping.cancelling {
            do throws(JobFailure) {
                return Result<HintBatch, JobFailure>.success(
                    try await receiver.next(max: limit, wait: wait))
            } catch {
                return .failure(error)
            }
        }
        switch answer {
        case .success(let batch): return batch
        case .failure(let failure):
            report(failure)
            await pause(min(configuration.idleWait, .seconds(1)))
            return nil
        }
    }

    private func claimWaiting(
        _ limits: ClaimLimits, _ schedule: inout PollSchedule
    ) async -> [ClaimedJob] {
        guard let jobs = await claimFromTable(limits, &schedule) else { return [] }
        schedule.polled(at: timing.now(), found: jobs.count)
        return jobs
    }

    /// `nil` when the store cannot be reached, or the worker is stopping.
    private func claimFromTable(
        _ limits: ClaimLimits, _ schedule: inout PollSchedule
    ) async -> [ClaimedJob]? {
        guard !isStopping else { return nil }
        var limits = limits
        limits.lastTurn = schedule.lastTurn
        do {
            let jobs = try await store.claimWaiting(
                limits, from: handler.queue, as: configuration.worker, on: configuration.terms)
            schedule.recordTurns(jobs.map(\.tenant))
            count(Telemetry.claimed, jobs.count)
            return jobs
        } catch {
            report(error)
            await pause(.seconds(1))
            return nil
        }
    }

    /// Sleeps until the duration is over or shutdown begins.
    private func pause(_ duration: Duration) async {
        await stopping.cancelling { await timing.sleep(duration) }
    }

    /// Retries with the same hints while the database is unavailable; `nil` when stopping.
    private func claimHinted(
        _ hints: [JobID], _ chunksMax: Int
    ) async -> [ClaimedJob]? {
        var pause = Duration.milliseconds(100)
        while !isStopping {
            do {
                let jobs = try await store.claim(
                    hints, chunksMax: chunksMax, from: handler.queue, as: configuration.worker,
                    on: configuration.terms)
                count(Telemetry.claimed, jobs.count)
                return jobs
            } catch {
                report(error)
                await timing.sleep(pause)
                pause = min(pause * 2, .seconds(5))
            }
        }
        return nil
    }

    /// Counts hints whose jobs were not claimed, and rejects those whose jobs do not exist.
    func rejectHintsWithoutJob(of claimed: ClaimedBatch) async {
        guard let batch = claimed.batch else { return }
        let unclaimed = Set(batch.jobs).subtracting(claimed.jobs.map(\.claim.job))
        guard !unclaimed.isEmpty else { return }
        count(Telemetry.unclaimedHints, unclaimed.count)
        do {
            let missing = try await store.missingJobs(Array(unclaimed))
            if !missing.isEmpty { await batch.reject(missing, "unknown_job") }
        } catch {
            // The hint is acknowledged nevertheless; only the record of it is lost.
            report(error)
        }
    }
}
