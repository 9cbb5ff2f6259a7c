package import Domain

/// The configuration of a queue's worker.
package struct QueueWorkerConfiguration: Sendable {
    /// The name under which this process claims jobs.
    package var worker: WorkerName
    /// The maximum number of jobs running at once.
    package var slots: Int
    package var terms: ClaimTerms
    /// Time between heartbeats; must be well below the lease.
    package var heartbeatInterval: Duration
    /// How long an idle worker waits for a hint before it polls the table.
    package var idleWait: Duration
    /// How long work may continue after SIGTERM before it is released.
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
