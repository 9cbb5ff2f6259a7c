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

    /// Jobs were claimed that hints told of.
    mutating func heard() { isBusy = true }

    mutating func looked(at now: Duration, found jobs: Int) {
        lastLook = now
        isBusy = jobs > 0
    }
}
