package import Domain
package import Pipeline

/// A job and the queue that should hear of it.
package struct DueHint: Sendable, Equatable {
    package var job: JobID
    package var queue: WorkQueue

    package init(job: JobID, queue: WorkQueue) {
        self.job = job
        self.queue = queue
    }
}

/// Where rows are staged.
package enum StagingBuffer: CaseIterable, Sendable { case texts, vectors }

/// A document with staged rows.
package struct StagedDocument: Sendable, Equatable {
    package var document: DocumentID
    package var generation: Int

    package init(document: DocumentID, generation: Int) {
        self.document = document
        self.generation = generation
    }
}

/// How many jobs stand where, and how long the oldest waits.
package struct PipelineGauges: Sendable {
    package var jobs: [Position: Int]
    package var oldestWaitingSeconds: [WorkQueue: Double]

    package init(jobs: [Position: Int], oldestWaitingSeconds: [WorkQueue: Double]) {
        self.jobs = jobs
        self.oldestWaitingSeconds = oldestWaitingSeconds
    }
}

/// What the reconciler asks of the job rows. Any number of reconcilers may run: each call takes
/// rows that nobody else is at, at most `limit` of them.
package protocol ReconcileStore: Sendable {
    /// Queues of which no job is being worked on.
    func queuesAtRest() async throws(StageFailure) -> [WorkQueue]
    /// R1: among the `limit` jobs that have waited longest on each of these queues, those of which
    /// nobody was told for a while.
    func renotify(
        _ queues: [WorkQueue], limit: Int
    ) async throws(StageFailure) -> [DueHint]
    /// Retries that became due; they wait again.
    func resumeDueRetries(limit: Int) async throws(StageFailure) -> [DueHint]
    /// R2: ends claims without heartbeat; returns how many.
    func expireLeases(limit: Int, retry: RetryPolicy) async throws(StageFailure) -> Int
    /// R2: sessions of worker processes that are named by claims but not connected.
    func lostSessions() async throws(StageFailure) -> Set<Int64>
    /// R2: ends the claims of processes that have died; returns how many.
    func endDeadClaims(
        of sessions: Set<Int64>, limit: Int, retry: RetryPolicy
    ) async throws(StageFailure) -> Int
    /// R3: ends claims past their stage's deadline; returns how many.
    func expireDeadlines(limit: Int, retry: RetryPolicy) async throws(StageFailure) -> Int
    /// R4: looks at the next `limit` documents with rows in a buffer and deletes the rows that
    /// belong to no unfinished job; returns how many, and the last document it looked at.
    func deleteOrphanRows(
        in buffer: StagingBuffer, after last: StagedDocument?, limit: Int
    ) async throws(StageFailure) -> (deleted: Int, last: StagedDocument?)
    /// R4: those of `blobs` that a document's row names.
    func referenced(_ blobs: [BlobPath]) async throws(StageFailure) -> Set<BlobPath>
    /// R4: whether a backup holds the blobs, so that none may be deleted. Ask after `referenced`.
    func blobsAreHeld() async throws(StageFailure) -> Bool
    /// R5: rows that break an invariant, a bounded number of each, among documents and jobs that
    /// changed within `window`; what is overdue is found whatever its age.
    func audit(of window: Duration) async throws(StageFailure) -> [Breach]
    /// R4: deletes reports of providers by programs that have ended, notices of parsing services
    /// and idempotency keys that are past their time.
    func forgetExpired() async throws(StageFailure)
    func gauges() async throws(StageFailure) -> PipelineGauges
}

/// The blobs that documents name.
package protocol BlobNames: Sendable {
    /// Calls `body` with the stored paths of all blobs that documents name, a page at a time, in the
    /// order of the store's keys.
    func eachNamedBlob(
        _ body: ([String]) async throws(StageFailure) -> Void
    ) async throws(StageFailure)
    /// Those of `blobs` that a document names.
    func referenced(_ blobs: [BlobPath]) async throws(StageFailure) -> Set<BlobPath>
}
