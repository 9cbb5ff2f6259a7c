import Domain
import JobModel
import Operating
import Pipeline
import Reconciling

extension SimulatedStore: ReconcileStore {
    func idleQueues() async throws(JobFailure) -> [WorkQueue] {
        try await transaction { tables in
            let busy = tables.all.filter { $0.row.position.state == .working }
                .map { WorkQueue(movingOn: $0.row.position.stage) }
            return WorkQueue.allCases.filter { !busy.contains($0) }
        }
    }

    func resendHints(
        _ queues: [WorkQueue], limit: Int
    ) async throws(JobFailure) -> [DueHint] {
        if database.planted == .hintsNeverResent { return [] }
        return try await transaction { tables in
            let hinted = tables.changeAll(limit: limit) { job in
                job.row.dueQueue(at: now).map(queues.contains) == true
                    && job.row.resendHints(at: now, jitter: jitter)
            }
            return hints(hinted, tables)
        }
    }

    func resumeDueRetries(limit: Int) async throws(JobFailure) -> [DueHint] {
        if database.planted == .retriesNeverComeDue { return [] }
        return try await transaction { tables in
            hints(tables.changeAll(limit: limit) { $0.row.resumeRetry(at: now) }, tables)
        }
    }

    private func hints(_ jobs: [JobID], _ tables: Tables) -> [DueHint] {
        jobs.compactMap { id in
            tables[id]?.row.dueQueue(at: now).map { DueHint(job: id, queue: $0) }
        }
    }

    func expireLeases(limit: Int, retry: RetryPolicy) async throws(JobFailure) -> Int {
        if database.planted == .claimsNeverEnd { return 0 }
        return try await transaction { tables in
            tables.changeAll(limit: limit) { job in
                job.row.expireLease(at: now, policy: retry, jitter: jitter)
            }.count
        }
    }

    /// The sessions of dead processes, and of frozen ones, whose connections the server may have
    /// closed.
    func lostSessions() async throws(JobFailure) -> Set<Int64> {
        if database.planted == .claimsNeverEnd { return [] }
        return try await transaction { tables in
            Set(tables.all.compactMap(\.holder).filter { $0.isDead || $0.isFrozen }.map(\.session))
        }
    }

    func endDeadClaims(
        of sessions: Set<Int64>, limit: Int, retry: RetryPolicy
    ) async throws(JobFailure) -> Int {
        try await transaction { tables in
            tables.changeAll(limit: limit) { job in
                guard let holder = job.holder, sessions.contains(holder.session) else {
                    return false
                }
                return job.row.endDeadClaim(
                    isInterrupted: database.simulation.chance(0.5), at: now, policy: retry,
                    jitter: jitter)
            }.count
        }
    }

    func expireDeadlines(limit: Int, retry: RetryPolicy) async throws(JobFailure) -> Int {
        if database.planted == .claimsNeverEnd { return 0 }
        return try await transaction { tables in
            tables.changeAll(limit: limit) { job in
                job.row.expireDeadline(at: now, policy: retry, jitter: jitter)
            }.count
        }
    }

    /// Does nothing: buffers are part of their job here, so they have no orphan rows.
    func deleteOrphanRows(
        after last: StagedDocument?, limit: Int
    ) async throws(JobFailure) -> (deleted: Int, last: StagedDocument?) { (0, nil) }

    func referenced(_ blobs: [BlobPath]) async throws(JobFailure) -> Set<BlobPath> {
        try await transaction { tables in
            let paths = tables.all.flatMap { job in
                [job.submission.rawPath.description, job.parsed?.path].compactMap(\.self)
            }
            return Set(blobs.filter { paths.contains($0.description) })
        }
    }

    /// Always false: no backups are simulated.
    func blobsAreHeld() async throws(JobFailure) -> Bool { false }

    /// Returns no violations: `RunInvariants` checks all rows instead.
    func audit(of window: Duration) async throws(JobFailure) -> [Breach] { [] }

    func forgetExpired() async throws(JobFailure) {}

    func gauges() async throws(JobFailure) -> PipelineGauges {
        PipelineGauges(jobs: [:], oldestWaitingSeconds: [:])
    }
}
