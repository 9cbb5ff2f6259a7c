package import Domain

/// Tells workers that a job waits. A hint may be lost, doubled or late without harm: the job's row
/// is the truth, and the reconciler sends lost hints again.
package protocol HintSender: Sendable {
    /// Returns when the broker has every hint.
    func send(_ jobs: [JobID], to queue: WorkQueue) async throws(StageFailure)
}

/// Hands hints to one worker, never more than asked for.
package protocol HintReceiver: Sendable {
    /// Up to `max` hints; empty when none came within `wait`.
    func next(max: Int, wait: Duration) async throws(StageFailure) -> HintBatch
    /// Stops the flow while polling goes on, so that the group keeps this member.
    func pause() async
    func resume() async
}

/// Hints as they came. Unreadable messages are not among them.
package struct HintBatch: Sendable {
    package var jobs: [JobID]
    /// Marks these hints as taken; called once their jobs are claimed.
    package var acknowledge: @Sendable () throws(StageFailure) -> Void
    /// Keeps those of these hints that turned out to be none, with the reason.
    package var reject: @Sendable (_ jobs: Set<JobID>, _ reason: String) async -> Void

    package init(
        jobs: [JobID], acknowledge: @escaping @Sendable () throws(StageFailure) -> Void = {},
        reject: @escaping @Sendable (Set<JobID>, String) async -> Void = { _, _ in }
    ) {
        self.jobs = jobs
        self.acknowledge = acknowledge
        self.reject = reject
    }
}
