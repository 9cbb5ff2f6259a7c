package import Domain

/// Sends hints, which wake workers for waiting jobs. A hint may be lost, duplicated or late without
/// harm: the job's row is authoritative, and the reconciler resends lost hints.
package protocol HintSender: Sendable {
    /// Returns when the broker has stored every hint.
    func send(_ jobs: [JobID], to queue: WorkQueue) async throws(JobFailure)
}

/// Delivers hints to one worker, never more than requested.
package protocol HintReceiver: Sendable {
    /// Up to `max` hints; empty when none arrived within `wait`.
    func next(max: Int, wait: Duration) async throws(JobFailure) -> HintBatch
    /// Stops fetching while polling continues, so that the group keeps this member.
    func stopFetching() async
    func startFetching() async
}

/// Hints in the order received. Unreadable messages are not included.
package struct HintBatch: Sendable {
    package var jobs: [JobID]
    /// Marks these hints as consumed; called once their jobs are claimed.
    package var acknowledge: @Sendable () throws(JobFailure) -> Void
    /// Copies hints that match no job to the dead-letter topic, with the reason.
    package var reject: @Sendable (_ jobs: Set<JobID>, _ reason: String) async -> Void

    package init(
        jobs: [JobID], acknowledge: @escaping @Sendable () throws(JobFailure) -> Void = {},
        reject: @escaping @Sendable (Set<JobID>, String) async -> Void = { _, _ in }
    ) {
        self.jobs = jobs
        self.acknowledge = acknowledge
        self.reject = reject
    }
}
