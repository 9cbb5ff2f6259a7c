import Domain
import FoundationEssentials

/// Writes of many jobs as one transaction: whoever comes while others are being written shares the
/// next one. An idle store writes at once and alone; a busy one in sets, for a fraction of the cost.
///
/// A set that fails is written again one by one, so that whoever spoilt it fails alone. Those who
/// wait are bounded by the jobs at work.
actor GroupCommit<Item: Sendable, Value: Sendable> {
    typealias Outcome = Result<Value, StageFailure>

    private struct Caller {
        let item: Item
        let continuation: CheckedContinuation<Outcome, Never>
    }

    private let weightMax: Int
    private let weight: @Sendable (Item) -> Int
    private let write: @Sendable ([Item]) async throws(StageFailure) -> [Outcome]
    private var waiting: [Caller] = []
    private var atWork = 0

    /// Sets that are written at once: while one waits for the disk another one is computed.
    private static var setsMax: Int { 2 }
    private static var itemsMax: Int { 64 }

    /// - Parameters:
    ///   - weightMax: of a set, unless a single item weighs more.
    ///   - write: writes a set, all of it or nothing; gives an outcome for each item, in order.
    init(
        weightMax: Int = .max, weight: @escaping @Sendable (Item) -> Int = { _ in 1 },
        write: @escaping @Sendable ([Item]) async throws(StageFailure) -> [Outcome]
    ) {
        self.weightMax = weightMax
        self.weight = weight
        self.write = write
    }

    /// Returns once the item is written, in the same state as if it had been written alone.
    func callAsFunction(_ item: Item) async throws(StageFailure) -> Value {
        let outcome = await withCheckedContinuation { continuation in
            waiting.append(Caller(item: item, continuation: continuation))
            dispatch()
        }
        return try outcome.get()
    }

    /// Callers whose set has not begun.
    var waitingCount: Int { waiting.count }

    private func dispatch() {
        while atWork < Self.setsMax, !waiting.isEmpty {
            let set = nextSet()
            atWork += 1
            // A set is nobody's in particular: it outlives the caller that set it off.
            Task {
                await settle(set)
                atWork -= 1
                dispatch()
            }
        }
    }

    private func nextSet() -> [Caller] {
        var sum = 0
        let count = waiting.prefix(Self.itemsMax).prefix { caller in
            let (total, overflows) = sum.addingReportingOverflow(weight(caller.item))
            defer { sum = overflows ? .max : total }
            return sum == 0 || (!overflows && total <= weightMax)
        }.count
        defer { waiting.removeFirst(count) }
        return Array(waiting.prefix(count))
    }

    private func settle(_ set: [Caller]) async {
        do throws(StageFailure) {
            let outcomes = try await write(set.map(\.item))
            for (caller, outcome) in zip(set, outcomes) {
                caller.continuation.resume(returning: outcome)
            }
        } catch {
            guard set.count > 1, error.code != "store_unavailable" else {
                for caller in set { caller.continuation.resume(returning: .failure(error)) }
                return
            }
            for caller in set { await settle([caller]) }
        }
    }
}

extension GroupCommit {
    /// The outcomes of a write that returns the jobs whose claims held.
    static func outcomes(
        of claims: [Claim], held: Set<JobID>
    ) -> [Result<Void, StageFailure>] where Value == Void {
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
