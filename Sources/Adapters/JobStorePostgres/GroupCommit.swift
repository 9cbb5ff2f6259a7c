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
    private var isAtWork = false

    private static var itemsMax: Int { 64 }
    /// A set this large waits for no more.
    private static var itemsEnough: Int { 32 }
    /// How long a busy store waits for a set to grow.
    private static var linger: Duration { .milliseconds(10) }

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
        guard !isAtWork, !waiting.isEmpty else { return }
        isAtWork = true
        // A set is nobody's in particular: it outlives the caller that set it off.
        Task {
            while !waiting.isEmpty {
                let set = nextSet()
                await settle(set)
                // Who comes one by one is written one by one.
                guard set.count > 1 || waiting.count > 1 else { continue }
                if waiting.count < Self.itemsEnough { try? await Task.sleep(for: Self.linger) }
            }
            isAtWork = false
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
