import Concurrency
import Testing

@Suite(.timeLimit(.minutes(5))) struct CoalescerTests {
    /// Writes numbers and records each set; holds sets until `letGo()`.
    private final class Disk: Sendable {
        static func moment() async { try? await Task.sleep(for: .milliseconds(1)) }

        let sets = Guarded<[[Int]]>([])
        private let gate: AsyncStream<Void>
        private let open: AsyncStream<Void>.Continuation

        init() { (gate, open) = AsyncStream.makeStream() }

        func write(_ numbers: [Int]) async {
            sets.withLock { $0.append(numbers) }
            for await _ in gate { return }
        }

        func letGo() { open.finish() }

        func waitForSets(_ count: Int) async {
            while sets.withLock({ $0.count }) < count { await Self.moment() }
        }
    }

    private enum Failure: Error { case spoilt, away }

    private typealias Group = Coalescer<Int, Int, Int, Failure>

    /// A group in which each number is its own key by default.
    private static func group(
        key: @escaping @Sendable (Int) -> Int = { $0 },
        kind: @escaping @Sendable (Int) -> String = { _ in "" }, weightMax: Int = .max,
        weight: @escaping @Sendable (Int) -> Int = { _ in 1 },
        write: @escaping @Sendable ([Int]) async throws(Failure) -> [Group.Outcome]
    ) -> Group {
        Coalescer(
            of: key, kind: kind, weightMax: weightMax, weight: weight, linger: .milliseconds(10),
            failsWholeBatch: { $0 == .away }, write: write)
    }

    /// Calls a group and returns once the item waits or is being written.
    private static func begin(_ item: Int, in group: Group) async -> Task<Int, any Error> {
        let isCalled = StopSignal()
        let call = Task { try await Self.call(group, with: item, isCalled) }
        await isCalled.wait()
        // The call leaves the actor only when it is suspended, and then its item is waiting.
        await pass(through: group)
        return call
    }

    /// Calls a group with each number, in order. The first is being written, alone.
    private static func begin(
        _ numbers: Range<Int>, in group: Group, _ disk: Disk
    ) async -> [Task<Int, any Error>] {
        var calls: [Task<Int, any Error>] = []
        for number in numbers {
            calls.append(await begin(number, in: group))
            if calls.count == 1 { await disk.waitForSets(1) }
        }
        return calls
    }

    private static func call(
        _ group: isolated Group, with item: Int, _ isCalled: StopSignal
    ) async throws -> Int {
        isCalled.raise()
        return try await group(item)
    }

    private static func pass(through group: isolated Group) { group.preconditionIsolated() }

    @Test func `items that arrive during a write share the next set`() async throws {
        let disk = Disk()
        let group = Self.group { numbers throws(Failure) in
            await disk.write(numbers)
            return numbers.map { .success($0 * 2) }
        }
        // The first is being written, alone.
        var calls = [await Self.begin(0, in: group)]
        await disk.waitForSets(1)
        for number in 1..<12 { calls.append(await Self.begin(number, in: group)) }
        disk.letGo()
        for (number, call) in calls.enumerated() { #expect(try await call.value == number * 2) }
        #expect(disk.sets.withLock { $0.map(\.count) } == [1, 11])
    }

    @Test func `an item that spoils its set fails alone`() async throws {
        let sets = Guarded<[[Int]]>([])
        let disk = Disk()
        let group = Self.group { numbers throws(Failure) in
            if sets.withLock({
                $0.append(numbers); return $0.count == 1
            }) {
                await disk.write(numbers)
            }
            if numbers.contains(5) { throw .spoilt }
            return numbers.map { .success($0) }
        }
        let calls = await Self.begin(0..<8, in: group, disk)
        disk.letGo()
        for (number, call) in calls.enumerated() {
            #expect(((try? await call.value) != nil) == (number != 5))
        }
        // One set of seven, then each of them alone.
        #expect(sets.withLock { $0.map(\.count) } == [1, 7, 1, 1, 1, 1, 1, 1, 1])
    }

    @Test func `a set fails as a whole while the store is unavailable`()
        async throws
    {
        let writes = Guarded(0)
        let disk = Disk()
        let group = Self.group { numbers throws(Failure) in
            if writes.withLock({
                $0 += 1; return $0 == 1
            }) {
                await disk.write(numbers)
            }
            throw .away
        }
        let calls = await Self.begin(0..<6, in: group, disk)
        disk.letGo()
        for call in calls {
            await #expect(throws: Failure.away) { _ = try await call.value }
        }
        #expect(writes.withLock { $0 } == 2)
    }

    @Test func `the rest of a set is not tried once the store is unavailable`()
        async throws
    {
        let sets = Guarded<[[Int]]>([])
        let disk = Disk()
        let group = Self.group { numbers throws(Failure) in
            let call = sets.withLock {
                $0.append(numbers); return $0.count
            }
            if call == 1 { await disk.write(numbers) }
            switch call {
            case 1, 3: return numbers.map { .success($0) }
            case 2: throw .spoilt
            default: throw .away
            }
        }
        let calls = await Self.begin(0..<6, in: group, disk)
        disk.letGo()
        // A set of five, then one that is written, then one that is not.
        for call in calls.prefix(2) { _ = try await call.value }
        for call in calls.dropFirst(2) {
            await #expect(throws: Failure.away) { _ = try await call.value }
        }
        #expect(sets.withLock { $0 } == [[0], [1, 2, 3, 4, 5], [1], [2]])
    }

    @Test func `a set stays within its weight, and a heavy one is written next to another`()
        async throws
    {
        let disk = Disk()
        let group = Self.group(weightMax: 100, weight: { $0 }) {
            numbers throws(Failure) in
            await disk.write(numbers)
            return numbers.map { .success($0) }
        }
        var calls = [await Self.begin(1, in: group)]
        await disk.waitForSets(1)
        // Heavier than the limit of a set, so written alone; then as many as fit into a set.
        calls.append(await Self.begin(400, in: group))
        await disk.waitForSets(2)
        for number in [40, 41, 42] { calls.append(await Self.begin(number, in: group)) }
        disk.letGo()
        for call in calls { _ = try await call.value }
        #expect(disk.sets.withLock { $0 } == [[1], [400], [40, 41], [42]])
    }

    @Test func `a set contains each key once and is of one kind`() async throws {
        let disk = Disk()
        let group = Self.group(
            key: { $0 % 100 }, kind: { $0 < 1000 ? "small" : "large" }
        ) { numbers throws(Failure) in
            await disk.write(numbers)
            return numbers.map { .success($0) }
        }
        var calls = [await Self.begin(1, in: group)]
        await disk.waitForSets(1)
        for number in [2, 3, 102, 1004, 1005] { calls.append(await Self.begin(number, in: group)) }
        disk.letGo()
        for call in calls { _ = try await call.value }
        #expect(disk.sets.withLock { $0 } == [[1], [2, 3], [102], [1004, 1005]])
    }

    @Test func `a cancelled caller receives the outcome of its write`()
        async throws
    {
        let disk = Disk()
        let group = Self.group { numbers throws(Failure) in
            await disk.write(numbers)
            return numbers.map { .success($0) }
        }
        let caller = Task { try await group(7) }
        await disk.waitForSets(1)
        caller.cancel()
        disk.letGo()
        #expect(try await caller.value == 7)
    }
}
