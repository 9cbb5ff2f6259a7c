import Domain

/// Decides when a worker polls the table for jobs without a hint.
///
/// A busy worker does not wait: it takes hints first, then polls the table. An idle worker waits
/// for a hint and then polls. Under a steady stream of hints it still polls every ten idle waits,
/// so a job whose hint was lost is not starved.
struct PollSchedule {
    private let idleWait: Duration
    private var lastPoll: Duration
    /// Whether the last poll, or the last hints, returned work.
    private(set) var isBusy = false

    init(idleWait: Duration, startingAt now: Duration) {
        self.idleWait = idleWait
        lastPoll = now
    }

    /// Whether to poll before taking more hints.
    func isDue(at now: Duration) -> Bool { now - lastPoll >= idleWait * 10 }

    /// How long to wait for hints before polling.
    var waitForHints: Duration { isBusy ? .zero : idleWait }

    /// The tenant that had the last turn among those found in the table.
    private(set) var lastTurn = TenantID.first

    /// Records that jobs of these tenants were claimed from the table.
    mutating func recordTurns(_ tenants: [TenantID]) {
        lastTurn = ClaimLimits(0, after: lastTurn).inTurn(Set(tenants)).last ?? lastTurn
    }

    /// The tenants of the jobs that were last claimed by hints.
    private(set) var lastServed: Set<TenantID> = []
    private var isOthersTurn = false

    /// Records that jobs of these tenants were claimed by hints.
    mutating func recordServed(_ tenants: [TenantID]) {
        isBusy = true
        lastServed = Set(tenants)
    }

    /// How many free slots are for tenants that the last hints did not name: half, and for an odd
    /// number one more every other time. None without a backlog.
    mutating func shareOfOthers(_ free: Int) -> Int {
        guard isBusy, !lastServed.isEmpty else { return 0 }
        isOthersTurn.toggle()
        return (free + (isOthersTurn ? 1 : 0)) / 2
    }

    mutating func polled(at now: Duration, found jobs: Int) {
        lastPoll = now
        isBusy = jobs > 0
    }
}
