package import Domain

/// The work of one queue. Everything else is the same in all workers.
package protocol JobHandler: Sendable {
    /// The queue whose jobs this handler processes.
    var queue: WorkQueue { get }

    /// Does the work and records its outputs, fenced by the job's claim.
    ///
    /// Must be safe to run again from the start, because a worker may die at any point. Stops early
    /// when its task is cancelled: the claim is lost or the program is stopping.
    ///
    /// - Parameter progress: advanced whenever a part of the work is durable.
    func work(on job: ClaimedJob, _ progress: Progress) async throws(JobFailure)
}
