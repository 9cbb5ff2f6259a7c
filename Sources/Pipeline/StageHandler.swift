package import Domain

/// The work of one stage: all that differs between two workers.
package protocol StageHandler: Sendable {
    /// The queue whose jobs this handler moves on.
    var queue: WorkQueue { get }

    /// Does the work and records its outputs, fenced by the job's claim.
    ///
    /// Must be safe to run again from the start: a worker may die anywhere in it. It stops early
    /// when its task is cancelled, which means that the claim is lost or the program ends.
    ///
    /// - Parameter progress: to be advanced when a part of the work is durable.
    func work(on job: ClaimedJob, _ progress: Progress) async throws(StageFailure)
}
