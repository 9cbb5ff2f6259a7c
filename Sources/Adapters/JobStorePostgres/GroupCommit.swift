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
    private let job: @Sendable (Item) -> JobID
    private let kind: @Sendable (Item) -> String
    let write: @Sendable ([Item]) async throws(StageFailure) -> [Outcome]
    private var waiting: [Caller] = []
    private var atWork = 0

    /// Sets that are written at once.
    private static var setsMax: Int { 2 }
    private static var itemsMax: Int { 64 }
    /// A set this large waits for no more.
    private static var itemsEnough: Int { 32 }
    /// How long a busy store waits for a set to grow.
    private static var linger: Duration { .milliseconds(10) }

    /// - Parameters:
    ///   - job: whose an item is. A set has one of each job: an old claim of a job may still be there
    ///     when its next one comes.
    ///   - kind: items of different kinds do not share a set.
    ///   - weightMax: of a set, unless a single item weighs more.
    ///   - write: writes a set, all of it or nothing; gives an outcome for each item, in order.
    init(
        of job: @escaping @Sendable (Item) -> JobID,
        kind: @escaping @Sendable (Item) -> String = { _ in "" }, weightMax: Int = .max,
        weight: @escaping @Sendable (Item) -> Int = { _ in 1 },
        write: @escaping @Sendable ([Item]) async throws(StageFailure) -> [Outcome]
    ) {
        self.job = job
        self.kind = kind
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

    /// A second set is begun beside the first when it is large enough to be worth a connection.
    private func dispatch() {
        while !waiting.isEmpty, atWork == 0 || (atWork < Self.setsMax && isEnough) {
            let set = nextSet()
            atWork += 1
            // A set is nobody's in particular: it outlives the caller that set it off.
            Task {
                await settle(set)
                // Who comes one by one is written one by one; under load sets may grow.
                let isBusy = set.count > 1 || waiting.count > 1
                if isBusy, !isEnough { try? await Task.sleep(for: Self.linger) }
                atWork -= 1
                dispatch()
            }
        }
    }

    /// Whether what waits makes a set that need not grow.
    private var isEnough: Bool {
        waiting.count >= Self.itemsEnough
            || waiting.reduce(0) { $0 + weight($1.item) } >= weightMax / 8
    }

    private func nextSet() -> [Caller] {
        var sum = 0
        var jobs: Set<JobID> = []
        let first = waiting.first.map { kind($0.item) }
        let count = waiting.prefix(Self.itemsMax).prefix { caller in
            guard jobs.insert(job(caller.item)).inserted, kind(caller.item) == first else {
                return false
            }
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
