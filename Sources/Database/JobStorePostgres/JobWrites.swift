import Concurrency
import Domain
import FoundationEssentials

/// Writes under claims; concurrent ones share a transaction.
typealias JobWrites<Item: Sendable, Value: Sendable> = Coalescer<Item, JobID, Value, JobFailure>

extension Coalescer where Key == JobID, Failure == JobFailure {
    /// - Parameter job: the job of an item. A set has one item per job, because a write under an
    ///   old claim may still be waiting when one under the next claim arrives.
    init(
        of job: @escaping @Sendable (Item) -> JobID,
        kind: @escaping @Sendable (Item) -> String = { _ in "" }, weightMax: Int = .max,
        weight: @escaping @Sendable (Item) -> Int = { _ in 1 },
        write: @escaping @Sendable ([Item]) async throws(JobFailure) -> [Outcome]
    ) {
        self.init(
            of: job, kind: kind, weightMax: weightMax, weight: weight, linger: .milliseconds(10),
            failsWholeBatch: \.failsWholeBatch, write: write)
    }

    /// The outcomes of a write that returns the jobs whose claims held.
    static func outcomes(of claims: [Claim], held: Set<JobID>) -> [Outcome] where Value == Void {
        claims.map { claim in
            held.contains(claim.job) ? .success(()) : .failure(.leaseLost(claim.job))
        }
    }
}

extension [Claim] {
    /// The parameters of a statement on a set of claims.
    var jobs: [UUID] { map(\.job.uuid) }
    var tokens: [UUID] { map(\.token.uuid) }
}
