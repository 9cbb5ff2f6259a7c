package import Domain

/// How a worker runs its stage.
package struct StageRunnerConfiguration: Sendable {
    /// Name under which this process claims.
    package var worker: WorkerName
    /// Jobs at work at once.
    package var slots: Int
    package var terms: ClaimTerms
    /// Time between heartbeats; well below the lease.
    package var heartbeatInterval: Duration
    /// How long an idle worker waits for a hint before it looks into the table.
    package var idleWait: Duration
    /// How long work may go on after SIGTERM before it is given back.
    package var drainGrace: Duration
    package var retry: RetryPolicy

    package init(
        worker: WorkerName, slots: Int, terms: ClaimTerms = ClaimTerms(),
        heartbeatInterval: Duration = .seconds(30), idleWait: Duration = .seconds(3),
        drainGrace: Duration = .seconds(20), retry: RetryPolicy = RetryPolicy()
    ) {
        self.worker = worker
        self.slots = slots
        self.terms = terms
        self.heartbeatInterval = heartbeatInterval
        self.idleWait = idleWait
        self.drainGrace = drainGrace
        self.retry = retry
    }
}
