import Domain
import Testing

@testable import Postgres

/// The pool's rules, without a server. `PoolModel` plays the callers and checks the invariants
/// after every step.
@Suite struct PoolStateTests {
    @Test func `callers open connections up to the maximum, then wait in turn`() {
        var model = PoolModel(connectionsMax: 2)
        for caller in 0..<4 { model.acquire(caller) }
        #expect(model.callers == [.opening, .opening, .waiting, .waiting])
        model.opened(0)
        model.opened(1)
        model.release(1, isUsable: true)
        #expect(model.callers == [.using(0), .gone, .using(1), .waiting])
        model.release(0, isUsable: true)
        #expect(model.callers == [.gone, .gone, .using(1), .using(0)])
    }

    @Test func `the connection that was returned last is lent first`() {
        var model = PoolModel(connectionsMax: 3)
        for caller in 0..<3 { model.acquire(caller) }
        for caller in 0..<3 { model.opened(caller) }
        for caller in [0, 2, 1] { model.release(caller, isUsable: true) }
        model.acquire(3)
        #expect(model.callers[3] == .using(1))
    }

    @Test func `a broken connection is closed before a waiter opens another`() {
        var model = PoolModel(connectionsMax: 1)
        for caller in 0..<2 { model.acquire(caller) }
        model.opened(0)
        model.release(0, isUsable: false)
        #expect(model.callers[1] == .waiting)
        #expect(model.closing == [0])
        model.closed(0)
        #expect(model.callers[1] == .opening)
    }

    @Test func `a caller that gets a broken connection opens another in its place`() {
        var model = PoolModel(connectionsMax: 1)
        model.acquire(0)
        model.opened(0)
        model.release(0, isUsable: true)
        model.acquire(1)
        model.acquire(2)
        model.reopen(1)
        #expect(model.callers == [.gone, .opening, .waiting])
    }

    @Test func `a waiter opens a connection when another caller could not`() {
        var model = PoolModel(connectionsMax: 1)
        for caller in 0..<2 { model.acquire(caller) }
        model.openFailed(0)
        #expect(model.callers == [.gone, .opening])
        model.openFailed(1)
        #expect(model.pool.count == 0)
    }

    @Test(arguments: [PoolModel.Refusal.timedOut, .cancelled])
    func `a waiter that leaves does not get a connection`(refusal: PoolModel.Refusal) {
        var model = PoolModel(connectionsMax: 1)
        for caller in 0..<3 { model.acquire(caller) }
        model.opened(0)
        model.refuse(1, as: refusal)
        #expect(model.callers[1] == .refused(refusal))
        model.release(0, isUsable: true)
        #expect(model.callers[2] == .using(0))
        // Too late: it has its answer.
        model.refuse(2, as: refusal)
        #expect(model.callers[2] == .using(0))
    }

    @Test func `a pool that closes refuses waiters and new callers, and ends with its last user`() {
        var model = PoolModel(connectionsMax: 2)
        for caller in 0..<2 { model.acquire(caller) }
        for caller in 0..<2 { model.opened(caller) }
        model.acquire(2)
        model.release(0, isUsable: true)
        model.acquire(3)
        model.release(2, isUsable: true)
        model.acquire(4)
        model.close()
        model.acquire(5)
        #expect(model.callers[3...] == [.using(0), .refused(.closed), .refused(.closed)])
        #expect(model.pool.phase == .closing)
        for caller in [1, 3] { model.release(caller, isUsable: true) }
        #expect(model.pool.phase == .closing)
        for connection in model.closing { model.closed(connection) }
        #expect(model.pool.phase == .closed)
    }

    @Test func `a connection that opens after the pool was closed is used once and closed`() {
        var model = PoolModel(connectionsMax: 1)
        model.acquire(0)
        model.close()
        model.opened(0)
        model.release(0, isUsable: true)
        #expect(model.closing == [0])
        model.closed(0)
        #expect(model.pool.phase == .closed)
    }

    /// Visits every state that callers can bring about, in any order of their steps.
    @Test(arguments: [(1, 4), (2, 4)])
    func `no order of steps breaks an invariant`(connectionsMax: Int, callers: Int) {
        let start = PoolModel(connectionsMax: connectionsMax)
        var seen: Set = [start.shape]
        var next = [start]
        while let model = next.popLast() {
            for step in model.possibleSteps(callersMax: callers) {
                // The pool treats it as a timeout.
                if case .refuse(_, .cancelled) = step { continue }
                var successor = model
                successor.perform(step)
                if seen.insert(successor.shape).inserted { next.append(successor) }
            }
        }
        #expect(seen.count > 250)
    }

    @Test(arguments: 0..<200 as Range<UInt64>)
    func `no random run breaks an invariant, and all callers end`(seed: UInt64) throws {
        var random = SplitMix64(state: seed)
        var model = PoolModel(connectionsMax: Int.random(in: 1...4, using: &random))
        for _ in 0..<400 {
            let steps = model.possibleSteps(callersMax: 40)
                .filter { $0 != .close || Int.random(in: 0..<100, using: &random) == 0 }
            guard let step = steps.randomElement(using: &random) else { break }
            model.perform(step)
        }
        // Without new callers every wait ends: whatever holds a place gives it back.
        var rest = 0
        while let step = model.possibleSteps(callersMax: 0).filter(\.endsSomething)
            .randomElement(using: &random)
        {
            model.perform(step)
            rest += 1
            try #require(rest < 1000)
        }
        #expect(!model.callers.contains { !$0.hasEnded })
        model.perform(.close)
        for connection in model.closing { model.closed(connection) }
        #expect(model.pool.phase == .closed)
    }
}
