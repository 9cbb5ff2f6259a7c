import Domain

/// When a worker looks into the table for jobs that no hint told it of.
///
/// While it finds work it goes on without waiting: hints first, then the table. When there is
/// nothing it waits for a hint and then looks. Told of more than it can do, it looks all the same
/// after ten such waits, so that a job whose hint was lost is not overtaken for ever.
struct TableLookout {
    private let idleWait: Duration
    private var lastLook: Duration
    /// Whether the last look, or the last hints, brought work.
    private(set) var isBusy = false

    init(idleWait: Duration, startingAt now: Duration) {
        self.idleWait = idleWait
        lastLook = now
    }

    /// Whether to look before taking more hints.
    func isDue(at now: Duration) -> Bool { now - lastLook >= idleWait * 10 }

    /// How long to wait for hints before looking.
    var waitForHints: Duration { isBusy ? .zero : idleWait }

    /// The tenant that had the last turn of those found in the table.
    private(set) var lastTurn = UserID.first

    /// Jobs of these tenants were claimed from the table.
    mutating func hadTurns(_ tenants: [UserID]) {
        lastTurn = ClaimLimits(0, after: lastTurn).inTurn(Set(tenants)).last ?? lastTurn
    }

    /// The tenants of the jobs that the last hints named.
    private(set) var lastServed: Set<UserID> = []
    private var isOthersTurn = false

    /// Jobs of these tenants were claimed by hints.
    mutating func served(_ tenants: [UserID]) {
        isBusy = true
        lastServed = Set(tenants)
    }

    /// How many of the free slots are for tenants that the last hints did not name: half of them, of
    /// an odd number one more every other time. None while there is no backlog.
    mutating func shareOfOthers(_ free: Int) -> Int {
        guard isBusy, !lastServed.isEmpty else { return 0 }
        isOthersTurn.toggle()
        return (free + (isOthersTurn ? 1 : 0)) / 2
    }

    mutating func looked(at now: Duration, found jobs: Int) {
        lastLook = now
        isBusy = jobs > 0
    }
}
