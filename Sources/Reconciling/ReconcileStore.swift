package import Domain
package import Operating
package import Pipeline

/// A job whose hint is due, and its queue.
package struct DueHint: Sendable, Equatable {
    package var job: JobID
    package var queue: WorkQueue

    package init(job: JobID, queue: WorkQueue) {
        self.job = job
        self.queue = queue
    }
}

/// A document with staged rows.
package struct StagedDocument: Sendable, Equatable {
    package var document: DocumentID
    package var generation: Int

    package init(document: DocumentID, generation: Int) {
        self.document = document
        self.generation = generation
    }
}

/// Finds and repairs job rows for the reconciler. Any number of reconcilers can run: each call
/// changes at most `limit` rows and skips those locked by others. R5 is the audit.
package protocol ReconcileStore: InvariantAudit {
    /// Queues with no job in progress.
    func idleQueues() async throws(JobFailure) -> [WorkQueue]
    /// R1: among the `limit` longest-waiting jobs of each of these queues, those whose hint is
    /// overdue. Schedules their next hint first, so that two reconcilers do not send it twice. If
    /// the send then fails, the job is found by a worker that polls, or its next hint is sent.
    func resendHints(
        _ queues: [WorkQueue], limit: Int
    ) async throws(JobFailure) -> [DueHint]
    /// Moves due retries back to their queues; returns the hints to send.
    func resumeDueRetries(limit: Int) async throws(JobFailure) -> [DueHint]
    /// R2: ends claims whose lease has expired; returns how many.
    func expireLeases(limit: Int, retry: RetryPolicy) async throws(JobFailure) -> Int
    /// R2: sessions of worker processes that hold claims but are not connected.
    func lostSessions() async throws(JobFailure) -> Set<Int64>
    /// R2: ends the claims of processes that have died; returns how many.
    func endDeadClaims(
        of sessions: Set<Int64>, limit: Int, retry: RetryPolicy
    ) async throws(JobFailure) -> Int
    /// R3: ends claims past their deadline; returns how many.
    func expireDeadlines(limit: Int, retry: RetryPolicy) async throws(JobFailure) -> Int
    /// R4: checks the next `limit` documents with staged rows and deletes the rows that belong to
    /// no unfinished job. Returns how many, and the last document checked; `nil` after the end.
    func deleteOrphanRows(
        after last: StagedDocument?, limit: Int
    ) async throws(JobFailure) -> (deleted: Int, last: StagedDocument?)
    /// R4: the paths in `blobs` that a document's row names.
    func referenced(_ blobs: [BlobPath]) async throws(JobFailure) -> Set<BlobPath>
    /// R4: whether a backup holds the blobs, so that none may be deleted. Must follow `referenced`.
    func blobsAreHeld() async throws(JobFailure) -> Bool
    /// R4: deletes provider states of programs that have ended, and expired events of parsing
    /// services and idempotency keys.
    func forgetExpired() async throws(JobFailure)
    func gauges() async throws(JobFailure) -> PipelineGauges
}
