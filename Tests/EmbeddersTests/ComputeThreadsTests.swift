import Dispatch
import Domain

import Synchronization
import Testing

@testable import LocalModels

@Suite(.timeLimit(.minutes(5))) struct ComputeThreadsTests {
    private final class Order: Sendable {
        private let items = Mutex<[String]>([])
        var all: [String] { items.withLock { $0 } }
        func add(_ item: String) { items.withLock { $0.append(item) } }
    }

    @Test func `a call of one item waits for one item of each other call`() async throws {
        let lanes = ComputeThreads(label: "test", workspaces: [0])
        let order = Order()
        let (started, start) = AsyncStream.makeStream(of: Void.self)
        let gate = DispatchSemaphore(value: 0)
        let long = Task {
            try await lanes.map(Array(0..<20)) { item, _ in
                if item == 0 {
                    start.yield()
                    gate.wait()
                }
                order.add("long \(item)")
            }
        }
        for await _ in started { break }
        let short = Task {
            try await lanes.map([0]) { _, _ in order.add("short") }
        }
        // The lane is busy with the long call's first item until the short call is in the queue.
        while lanes.waitingCalls < 2 { await Task.yield() }
        gate.signal()
        _ = try await (long.value, short.value)
        #expect(order.all.prefix(3) == ["long 0", "long 1", "short"])
        #expect(order.all.count == 21)
    }

    @Test func `results of concurrent calls are in the order of their items`() async throws {
        let lanes = ComputeThreads(label: "test", workspaces: [0, 1, 2])
        let results = try await withThrowingTaskGroup(of: [Int].self) { group in
            for call in 0..<8 {
                group.addTask {
                    try await lanes.map(Array(0..<50)) { item, _ in call * 100 + item }
                }
            }
            return try await group.reduce(into: [[Int]]()) { $0.append($1) }
        }
        #expect(results.count == 8)
        for values in results { #expect(values == Array(values[0]..<values[0] + 50)) }
    }
}
