/// Joins the writes of concurrent callers into sets, for example transactions. Callers that arrive
/// during a write share the next one, so an idle writer writes each item at once and a busy one
/// writes sets, for a fraction of the cost.
///
/// If a set fails, its items are retried one at a time, so only the offending one fails. The number
/// of waiting items is bounded by the number of callers.
///
/// Two similar types are not coalescers. OpenAI's `RequestPacker` fills requests up to a server's
/// limits, refuses a call that is too large, and drops a caller that is cancelled. Pipeline's
/// `HintOutbox` has no callers that wait: it buffers, and drops what exceeds its bound.
package actor Coalescer<Item: Sendable, Key: Hashable & Sendable, Value: Sendable, Failure: Error> {
    package typealias Outcome = Result<Value, Failure>

    private struct Caller {
        let item: Item
        let continuation: CheckedContinuation<Outcome, Never>
    }

    private let key: @Sendable (Item) -> Key
    private let kind: @Sendable (Item) -> String
    private let weightMax: Int
    private let weight: @Sendable (Item) -> Int
    private let linger: Duration
    private let failsWholeBatch: @Sendable (Failure) -> Bool
    /// Writes a set immediately, ahead of the waiting callers.
    package let write: @Sendable ([Item]) async throws(Failure) -> [Outcome]
    private var waiting: [Caller] = []
    private var atWork = 0

    /// Sets that are written concurrently.
    private static var setsMax: Int { 2 }
    private static var itemsMax: Int { 64 }
    /// A set of this size does not linger for more items.
    private static var itemsEnough: Int { 32 }

    /// - Parameters:
    ///   - key: a set has at most one item per key.
    ///   - kind: items of different kinds do not share a set.
    ///   - weightMax: maximum weight of a set, unless a single item weighs more.
    ///   - linger: how long a busy writer waits for a set to grow.
    ///   - failsWholeBatch: whether a failure would affect every item of a set alike.
    ///   - write: writes a set, all or nothing; returns an outcome for each item, in order.
    package init(
        of key: @escaping @Sendable (Item) -> Key,
        kind: @escaping @Sendable (Item) -> String = { _ in "" }, weightMax: Int = .max,
        weight: @escaping @Sendable (Item) -> Int = { _ in 1 },
        linger: Duration, failsWholeBatch: @escaping @Sendable (Failure) -> Bool,
        write: @escaping @Sendable ([Item]) async throws(Failure) -> [Outcome]
    ) {
        self.key = key
        self.kind = kind
        self.weightMax = weightMax
        self.weight = weight
        self.linger = linger
        self.failsWholeBatch = failsWholeBatch
        self.write = write
    }

    /// Returns once the item is written, in the same state as if it had been written alone.
    /// Does not end with the task: a write in progress cannot be taken back.
    package func callAsFunction(_ item: Item) async throws(Failure) -> Value {
        let outcome = await withCheckedContinuation { continuation in
            waiting.append(Caller(item: item, continuation: continuation))
            dispatch()
        }
        return try outcome.get()
    }

    /// Starts a second set next to the first only if it is large enough to justify a connection.
    private func dispatch() {
        while !waiting.isEmpty, atWork == 0 || (atWork < Self.setsMax && isEnough) {
            let set = nextSet()
            atWork += 1
            // An unstructured task, because a set must outlive the caller that started it.
            Task {
                await settle(set)
                // Single callers are written at once; under load the next set may grow.
                let isBusy = set.count > 1 || waiting.count > 1
                if isBusy, !isEnough { try? await Task.sleep(for: linger) }
                atWork -= 1
                dispatch()
            }
        }
    }

    /// Whether the waiting items are enough to start a set without lingering.
    private var isEnough: Bool {
        waiting.count >= Self.itemsEnough
            || waiting.reduce(0) { $0 + weight($1.item) } >= weightMax / 8
    }

    private func nextSet() -> [Caller] {
        var sum = 0
        var keys: Set<Key> = []
        let first = waiting.first.map { kind($0.item) }
        let count = waiting.prefix(Self.itemsMax).prefix { caller in
            guard keys.insert(key(caller.item)).inserted, kind(caller.item) == first else {
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
        guard var failure = await failure(of: set) else { return }
        var rest = set[...]
        if set.count > 1, !failsWholeBatch(failure) {
            while let caller = rest.popFirst() {
                guard let own = await self.failure(of: [caller]) else { continue }
                caller.continuation.resume(returning: .failure(own))
                failure = own
                // The remaining items would fail in the same way.
                if failsWholeBatch(own) { break }
            }
        }
        for caller in rest { caller.continuation.resume(returning: .failure(failure)) }
    }

    /// Writes a set and resumes its callers. On a failure nothing is written and no caller resumed.
    private func failure(of set: [Caller]) async -> Failure? {
        do throws(Failure) {
            let outcomes = try await write(set.map(\.item))
            for (caller, outcome) in zip(set, outcomes) {
                caller.continuation.resume(returning: outcome)
            }
            return nil
        } catch {
            return error
        }
    }
}
