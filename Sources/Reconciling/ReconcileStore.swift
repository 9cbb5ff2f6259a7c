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

/// A row that breaks an invariant.
package struct Breach: Sendable, Equatable {
    package var invariant: String
    package var subject: String
    package var detail: String

    package init(invariant: String, subject: String, detail: String) {
        self.invariant = invariant
        self.subject = subject
        self.detail = detail
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
    /// R1: waiting jobs of which nobody was told for a while.
    func renotify(limit: Int) async throws(StageFailure) -> [DueHint]
    /// Retries that became due; they wait again.
    func resumeDueRetries(limit: Int) async throws(StageFailure) -> [DueHint]
    /// R2: ends claims without heartbeat; returns how many.
    func expireLeases(limit: Int, retry: RetryPolicy) async throws(StageFailure) -> Int
    /// R3: ends claims past their stage's deadline; returns how many.
    func expireDeadlines(limit: Int, retry: RetryPolicy) async throws(StageFailure) -> Int
    /// R4: deletes staged rows of no unfinished job; returns how many.
    func deleteOrphanRows(limit: Int) async throws(StageFailure) -> Int
    /// R4: those of `blobs` that a document's row names.
    func referenced(_ blobs: [BlobPath]) async throws(StageFailure) -> Set<BlobPath>
    /// R5: rows that break an invariant, a bounded number of each.
    func audit() async throws(StageFailure) -> [Breach]
    func gauges() async throws(StageFailure) -> PipelineGauges
}
