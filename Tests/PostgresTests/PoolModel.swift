import Testing

@testable import Postgres

/// Callers of a `PoolState`, which do what it answers. Each method is one step of a caller or of
/// the pool's shell; each checks the invariants.
struct PoolModel {
    typealias Pool = PoolState<Int>
    typealias Refusal = Pool.Refusal

    enum Caller: Equatable {
        case waiting, opening
        case using(Int)
        case refused(Refusal)
        case gone

        var hasEnded: Bool {
            switch self {
            case .refused, .gone: true
            case .waiting, .opening, .using: false
            }
        }
    }

    enum Step: Hashable {
        case acquire(Int)
        case opened(Int), openFailed(Int)
        case release(Int, isUsable: Bool)
        case reopen(Int)
        case refuse(Int, Refusal)
        case closed(Int)
        case close

        /// Whether the step brings a caller or a connection closer to its end.
        var endsSomething: Bool {
            switch self {
            case .opened, .openFailed, .release, .closed: true
            case .acquire, .reopen, .refuse, .close: false
            }
        }
    }

    private(set) var pool: Pool
    private(set) var callers: [Caller] = []
    /// Connections that the pool has asked to close.
    private(set) var closing: [Int] = []
    private var lastConnection = -1
    /// Waiters in the order of their arrival.
    private var queue: [Int] = []

    init(connectionsMax: Int) { pool = Pool(connectionsMax: connectionsMax) }

    /// The steps that can happen now. New callers arrive until there are `callersMax`.
    func possibleSteps(callersMax: Int) -> [Step] {
        var steps: [Step] = []
        if callers.count < callersMax { steps.append(.acquire(callers.count)) }
        for (caller, state) in callers.enumerated() {
            switch state {
            case .waiting: steps += [.refuse(caller, .timedOut), .refuse(caller, .cancelled)]
            case .opening: steps += [.opened(caller), .openFailed(caller)]
            case .using:
                steps += [
                    .release(caller, isUsable: true), .release(caller, isUsable: false),
                    .reopen(caller),
                ]
            case .refused, .gone: break
            }
        }
        steps += closing.map { .closed($0) }
        if pool.phase == .running { steps.append(.close) }
        return steps
    }

    mutating func perform(_ step: Step) {
        switch step {
        case .acquire(let caller): acquire(caller)
        case .opened(let caller): opened(caller)
        case .openFailed(let caller): openFailed(caller)
        case .release(let caller, let isUsable): release(caller, isUsable: isUsable)
        case .reopen(let caller): reopen(caller)
        case .refuse(let caller, let refusal): refuse(caller, as: refusal)
        case .closed(let connection): closed(connection)
        case .close: close()
        }
    }

    mutating func acquire(_ caller: Int) {
        precondition(caller == callers.count)
        callers.append(.waiting)
        if let answer = pool.enqueue(caller) {
            answerNow(caller, answer)
        } else {
            queue.append(caller)
        }
        check()
    }

    mutating func opened(_ caller: Int) {
        pool.opened()
        lastConnection += 1
        callers[caller] = .using(lastConnection)
        check()
    }

    mutating func openFailed(_ caller: Int) {
        callers[caller] = .gone
        perform(pool.openFailed())
    }

    mutating func release(_ caller: Int, isUsable: Bool) {
        guard case .using(let connection) = callers[caller] else { preconditionFailure() }
        callers[caller] = .gone
        perform(pool.release(connection, isUsable: isUsable))
    }

    mutating func reopen(_ caller: Int) {
        answerNow(caller, pool.reopen())
        check()
    }

    mutating func refuse(_ caller: Int, as refusal: Refusal) {
        perform(pool.refuse(caller, as: refusal), leaving: caller)
    }

    mutating func closed(_ connection: Int) {
        closing.removeAll { $0 == connection }
        perform(pool.closed())
    }

    mutating func close() {
        perform(pool.close())
        #expect(queue.isEmpty)
    }

    private mutating func perform(_ action: Pool.Action, leaving leaver: Int? = nil) {
        closing += action.closing
        for (waiter, answer) in action.answers {
            #expect(callers[waiter] == .waiting, "a second answer for \(waiter)")
            if let leaver {
                #expect(waiter == leaver)
                queue.removeAll { $0 == leaver }
            } else {
                #expect(queue.first == waiter, "\(waiter) has overtaken \(queue)")
                queue.removeFirst()
            }
            answerNow(waiter, answer)
        }
        check()
    }

    private mutating func answerNow(_ caller: Int, _ answer: Pool.Answer) {
        callers[caller] =
            switch answer {
            case .use(let connection): .using(connection)
            case .open: .opening
            case .refused(let refusal): .refused(refusal)
            }
    }

    private func check() {
        let faults = self.faults
        #expect(faults.isEmpty, "\(pool)")
    }

    private var used: [Int] {
        callers.compactMap { if case .using(let connection) = $0 { connection } else { nil } }
    }

    /// The invariants that do not hold.
    private var faults: [String] {
        let opening = callers.count { $0 == .opening }
        let connections = used + pool.idle + closing
        let rules = [
            "at most connectionsMax connections": pool.count <= pool.connectionsMax,
            "the counts are right": pool.opening == opening && pool.lent == used.count
                && pool.closing == closing.count,
            "a connection has one holder": Set(connections).count == connections.count,
            "the queue is in order": pool.waiters == queue,
            "no caller waits for a closed pool": queue.isEmpty || pool.phase == .running,
            "no caller waits while a place is free": queue.isEmpty
                || (pool.idle.isEmpty && pool.count == pool.connectionsMax),
            "a pool is closed when its last connection is": pool.phase == .running
                || (pool.phase == .closed) == (pool.count == 0),
        ]
        return rules.filter { !$0.value }.map(\.key)
    }

    /// Equal for models that differ only in the numbers of their connections.
    var shape: String {
        let live = (used + pool.idle + closing).sorted()
        let ranks = Dictionary(uniqueKeysWithValues: zip(live, live.indices))
        let callers = callers.map { caller in
            if case .using(let connection) = caller {
                "using \(ranks[connection]!)"
            } else {
                "\(caller)"
            }
        }
        let (idle, closing) = (pool.idle.map { ranks[$0]! }, closing.map { ranks[$0]! })
        return "\(callers) \(idle) \(closing) \(queue) \(pool.phase)"
    }
}
