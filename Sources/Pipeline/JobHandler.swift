// Pipeline: how the worker of a queue runs (Working/), and the ports to the outside (Ports/).
//
// Invariants: a job is worked on only under a claim, and its results are written only while the
// claim is held. A hint may be lost, repeated or late. Every queue, batch, retry and wait has a
// bound, and only the queue's worker retries.
// Neighbours: Domain below; the stages implement JobHandler; Database, Messaging, Storage, Sandbox
// and Providers implement the ports.

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
