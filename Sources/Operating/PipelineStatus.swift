package import Domain
package import Pipeline
package import Querying

/// The number of jobs per position, and how long the oldest job of each queue has waited.
package struct PipelineGauges: Sendable, Equatable {
    package var jobs: [Position: Int]
    package var oldestWaitingSeconds: [WorkQueue: Double]

    package init(jobs: [Position: Int], oldestWaitingSeconds: [WorkQueue: Double]) {
        self.jobs = jobs
        self.oldestWaitingSeconds = oldestWaitingSeconds
    }
}

/// The state of the pipeline, all tenants together.
package struct PipelineStatus: Sendable {
    package var gauges: PipelineGauges
    /// Averages over the last five minutes.
    package var finishedPerMinute: Double
    package var deadLetteredPerMinute: Double
    package var providers: [PipelineSnapshot.Provider]

    package init(
        gauges: PipelineGauges, finishedPerMinute: Double, deadLetteredPerMinute: Double,
        providers: [PipelineSnapshot.Provider]
    ) {
        self.gauges = gauges
        self.finishedPerMinute = finishedPerMinute
        self.deadLetteredPerMinute = deadLetteredPerMinute
        self.providers = providers
    }
}

/// Reads the state of the pipeline.
package protocol PipelineStatusStore: Sendable {
    func status() async throws(QueryError) -> PipelineStatus
}
