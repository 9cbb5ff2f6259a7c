/// The rules of a connection pool: which caller gets which connection, and when one is opened or
/// closed.
///
/// Pure: each method returns what the pool must do and does nothing itself, so tests need neither a
/// server nor a clock. Callers report every result of what they did.
///
/// Invariants: at most `connectionsMax` connections exist, including those that are being opened or
/// closed. Each waiter gets exactly one answer. Waiters are served in the order of their arrival,
/// and no connection is free while a caller waits.
struct PoolState<Connection> {
    /// Names a caller that waits; unique within the pool.
    typealias WaiterID = Int

    enum Phase: Sendable {
        /// Callers are served. Becomes `closing`, or `closed` when no connection exists.
        case running
        /// New callers are refused. The connections that exist are still used, and closed when they
        /// are returned. Becomes `closed` when the last one is gone.
        case closing
        /// No connection exists. Final.
        case closed
    }

    /// What a caller gets.
    enum Answer {
        /// The connection, which the caller must `release`, or `reopen` when it is broken.
        case use(Connection)
        /// The right to open a connection. The caller must report `opened` or `openFailed`.
        case open
        case refused(Refusal)
    }

    enum Refusal: Sendable { case timedOut, cancelled, closed }

    /// What the pool must do.
    struct Action {
        /// Connections to close. `closed` must be called after each.
        var closing: [Connection] = []
        /// Waiters to resume. They are no longer in the queue.
        var answers: [(waiter: WaiterID, answer: Answer)] = []
    }

    let connectionsMax: Int
    private(set) var phase = Phase.running
    /// Connections that callers are opening. Each becomes lent, or its place becomes free.
    private(set) var opening = 0
    /// Connections that callers use. Each becomes idle, is lent to a waiter, or is closed.
    private(set) var lent = 0
    /// Connections that wait for a caller, the last returned last. Each becomes lent or is closed.
    private(set) var idle: [Connection] = []
    /// Connections that are being closed. The place of each becomes free.
    private(set) var closing = 0
    /// The callers that wait, in the order of their arrival.
    private(set) var waiters: [WaiterID] = []

    init(connectionsMax: Int) { self.connectionsMax = connectionsMax }

    /// Connections that exist, or may exist on the server.
    var count: Int { opening + lent + idle.count + closing }

    // MARK: Callers

    /// Serves a caller at once, or returns `nil` when it must wait.
    mutating func take() -> Answer? {
        guard phase == .running else { return .refused(.closed) }
        // The connection that was used last is the one most likely to be intact.
        if let connection = idle.popLast() {
            lent += 1
            return .use(connection)
        }
        guard count < connectionsMax else { return nil }
        opening += 1
        return .open
    }

    /// Serves a caller at once, or adds it to the queue and returns `nil`.
    mutating func enqueue(_ waiter: WaiterID) -> Answer? {
        if let answer = take() { return answer }
        waiters.append(waiter)
        return nil
    }

    /// Refuses a waiter whose time is over or whose task is cancelled. Does nothing when it has
    /// been answered.
    mutating func refuse(_ waiter: WaiterID, as refusal: Refusal) -> Action {
        guard let index = waiters.firstIndex(of: waiter) else { return Action() }
        waiters.remove(at: index)
        return Action(answers: [(waiter, .refused(refusal))])
    }

    // MARK: Connections

    /// The caller's connection is open.
    mutating func opened() {
        precondition(opening > 0, "no connection is being opened")
        opening -= 1
        lent += 1
    }

    /// The caller's connection could not be opened.
    mutating func openFailed() -> Action {
        precondition(opening > 0, "no connection is being opened")
        opening -= 1
        return placeIsFree()
    }

    /// The caller has closed its connection, which was broken, and opens another in its place.
    mutating func reopen() -> Answer {
        precondition(lent > 0, "no connection is lent")
        lent -= 1
        guard phase == .running else {
            closeIfEmpty()
            return .refused(.closed)
        }
        opening += 1
        return .open
    }

    /// The caller returns its connection.
    mutating func release(_ connection: Connection, isUsable: Bool) -> Action {
        precondition(lent > 0, "no connection is lent")
        guard isUsable, phase == .running else {
            lent -= 1
            closing += 1
            return Action(closing: [connection])
        }
        if let waiter = nextWaiter() {
            return Action(answers: [(waiter, .use(connection))])
        }
        lent -= 1
        idle.append(connection)
        return Action()
    }

    /// A connection of an action's `closing` is closed.
    mutating func closed() -> Action {
        precondition(closing > 0, "no connection is being closed")
        closing -= 1
        return placeIsFree()
    }

    /// Closes the pool: refuses all waiters and closes the idle connections.
    mutating func close() -> Action {
        guard phase == .running else { return Action() }
        phase = .closing
        defer {
            closing += idle.count
            idle = []
            waiters = []
            closeIfEmpty()
        }
        return Action(
            closing: idle, answers: waiters.map { ($0, .refused(.closed)) })
    }

    // MARK: Places

    /// Passes a free place to the first waiter.
    private mutating func placeIsFree() -> Action {
        guard phase == .running, let waiter = nextWaiter() else {
            closeIfEmpty()
            return Action()
        }
        opening += 1
        return Action(answers: [(waiter, .open)])
    }

    private mutating func nextWaiter() -> WaiterID? {
        waiters.isEmpty ? nil : waiters.removeFirst()
    }

    private mutating func closeIfEmpty() {
        if phase == .closing, count == 0 { phase = .closed }
    }
}

extension PoolState: Sendable where Connection: Sendable {}
extension PoolState.Answer: Sendable where Connection: Sendable {}
extension PoolState.Action: Sendable where Connection: Sendable {}
