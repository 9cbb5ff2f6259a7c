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

    @Test func `items that arrive during a write share the next set`() async throws {
        let disk = Disk()
        let group = Self.group { numbers throws(Failure) in
            await disk.write(numbers)
            return numbers.map { .success($0 * 2) }
        }
        try await withThrowingTaskGroup(of: Int.self) { tasks in
            // The first is being written, alone.
            tasks.addTask { try await group(0) }
            await disk.waitForSets(1)
            for number in 1..<12 { tasks.addTask { try await group(number) } }
            while await group.waitingCount < 11 { await Disk.moment() }
            disk.letGo()
            let doubled = try await tasks.reduce(into: Set<Int>()) { $0.insert($1) }
            #expect(doubled == Set((0..<12).map { $0 * 2 }))
        }
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
        await withTaskGroup(of: (Int, Bool).self) { tasks in
            for number in 0..<8 {
                tasks.addTask { (number, (try? await group(number)) != nil) }
                if number == 0 { await disk.waitForSets(1) }
            }
            while await group.waitingCount < 7 { await Disk.moment() }
            disk.letGo()
            for await (number, isWritten) in tasks { #expect(isWritten == (number != 5)) }
        }
        // One set of seven, then each of them alone.
        #expect(sets.withLock { $0.map(\.count) } == [1, 7, 1, 1, 1, 1, 1, 1, 1])
    }

    @Test func `a set fails as a whole while the store is unavailable`()
        async throws
    {
        let calls = Guarded(0)
        let disk = Disk()
        let group = Self.group { numbers throws(Failure) in
            if calls.withLock({
                $0 += 1; return $0 == 1
            }) {
                await disk.write(numbers)
            }
            throw .away
        }
        await withTaskGroup(of: Void.self) { tasks in
            for number in 0..<6 {
                tasks.addTask {
                    await #expect(throws: Failure.away) { _ = try await group(number) }
                }
                if number == 0 { await disk.waitForSets(1) }
            }
            while await group.waitingCount < 5 { await Disk.moment() }
            disk.letGo()
        }
        #expect(calls.withLock { $0 } == 2)
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
        let failures = await withTaskGroup(of: Failure?.self) { tasks in
            for number in 0..<6 {
                tasks.addTask {
                    do throws(Failure) { _ = try await group(number) } catch { return error }
                    return nil
                }
                if number == 0 { await disk.waitForSets(1) }
            }
            while await group.waitingCount < 5 { await Disk.moment() }
            disk.letGo()
            return await tasks.reduce(into: []) { $0.append($1) }
        }
        // A set of five, then one that is written, then one that is not.
        #expect(sets.withLock { $0.map(\.count) } == [1, 5, 1, 1])
        #expect(failures.count { $0 == nil } == 2)
        #expect(failures.count { $0 == .away } == 4)
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
        try await withThrowingTaskGroup(of: Int.self) { tasks in
            tasks.addTask { try await group(1) }
            await disk.waitForSets(1)
            // Heavier than the limit of a set, so written alone; then as many as fit into a set.
            tasks.addTask { try await group(400) }
            await disk.waitForSets(2)
            for (index, number) in [40, 41, 42].enumerated() {
                tasks.addTask { try await group(number) }
                while await group.waitingCount <= index { await Disk.moment() }
            }
            disk.letGo()
            _ = try await tasks.reduce(0, +)
        }
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
        try await withThrowingTaskGroup(of: Int.self) { tasks in
            tasks.addTask { try await group(1) }
            await disk.waitForSets(1)
            for (index, number) in [2, 3, 102, 1004, 1005].enumerated() {
                tasks.addTask { try await group(number) }
                while await group.waitingCount <= index { await Disk.moment() }
            }
            disk.letGo()
            _ = try await tasks.reduce(0, +)
        }
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
