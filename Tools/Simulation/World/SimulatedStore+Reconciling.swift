import Domain
import Pipeline
import Reconciling

extension SimulatedStore: ReconcileStore {
    func queuesAtRest() async throws(StageFailure) -> [WorkQueue] {
        try await transaction { tables in
            let busy = tables.all.filter { $0.row.position.state == .working }
                .map { WorkQueue(movingOn: $0.row.position.stage) }
            return WorkQueue.allCases.filter { !busy.contains($0) }
        }
    }

    func renotify(
        _ queues: [WorkQueue], limit: Int
    ) async throws(StageFailure) -> [DueHint] {
        if database.planted == .nobodyTellsAgain { return [] }
        return try await transaction { tables in
            let told = tables.changeAll(limit: limit) { job in
                job.row.dueQueue(at: now).map(queues.contains) == true
                    && job.row.renotify(at: now, jitter: jitter)
            }
            return hints(told, tables)
        }
    }

    func resumeDueRetries(limit: Int) async throws(StageFailure) -> [DueHint] {
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

    func expireLeases(limit: Int, retry: RetryPolicy) async throws(StageFailure) -> Int {
        if database.planted == .claimsNeverEnd { return 0 }
        return try await transaction { tables in
            tables.changeAll(limit: limit) { job in
                job.row.expireLease(at: now, policy: retry, jitter: jitter)
            }.count
        }
    }

    /// The sessions of dead processes, and of frozen ones, whose connections the server may have
    /// closed.
    func lostSessions() async throws(StageFailure) -> Set<Int64> {
        if database.planted == .claimsNeverEnd { return [] }
        return try await transaction { tables in
            Set(tables.all.compactMap(\.holder).filter { $0.isDead || $0.isFrozen }.map(\.session))
        }
    }

    func endDeadClaims(
        of sessions: Set<Int64>, limit: Int, retry: RetryPolicy
    ) async throws(StageFailure) -> Int {
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

    func expireDeadlines(limit: Int, retry: RetryPolicy) async throws(StageFailure) -> Int {
        if database.planted == .claimsNeverEnd { return 0 }
        return try await transaction { tables in
            tables.changeAll(limit: limit) { job in
                job.row.expireDeadline(at: now, policy: retry, jitter: jitter)
            }.count
        }
    }

    /// Does nothing: buffers are part of their job here, so they have no orphan rows.
    func deleteOrphanRows(
        in buffer: StagingBuffer, after last: StagedDocument?, limit: Int
    ) async throws(StageFailure) -> (deleted: Int, last: StagedDocument?) { (0, nil) }

    func referenced(_ blobs: [BlobPath]) async throws(StageFailure) -> Set<BlobPath> {
        try await transaction { tables in
            let paths = tables.all.flatMap { job in
                [job.submission.rawPath.description, job.parsed?.path].compactMap(\.self)
            }
            return Set(blobs.filter { paths.contains($0.description) })
        }
    }

    /// Always false: no backups are simulated.
    func blobsAreHeld() async throws(StageFailure) -> Bool { false }

    /// Returns no breaches: `Promises` checks all rows instead.
    func audit(of window: Duration) async throws(StageFailure) -> [Breach] { [] }

    func forgetExpired() async throws(StageFailure) {}

    func gauges() async throws(StageFailure) -> PipelineGauges {
        PipelineGauges(jobs: [:], oldestWaitingSeconds: [:])
    }
}
