package import Domain
package import FoundationEssentials
package import Pipeline

/// Counts and rates of the whole pipeline at one moment.
package struct PipelineSnapshot: Sendable {
    package struct Count: Sendable {
        package let position: Position
        package let jobs: Int

        package init(position: Position, jobs: Int) {
            self.position = position
            self.jobs = jobs
        }
    }

    /// The programs that report the same health of a provider.
    package struct Provider: Sendable {
        package let name: String
        package let health: ProviderState.Health
        /// Number of programs that report this health.
        package let programs: Int
        /// The last error; `nil` when closed.
        package let reason: String?
        package let reopensAt: Date?

        package init(
            name: String, health: ProviderState.Health, programs: Int, reason: String?,
            reopensAt: Date?
        ) {
            self.name = name
            self.health = health
            self.programs = programs
            self.reason = reason
            self.reopensAt = reopensAt
        }
    }

    package let counts: [Count]
    /// Seconds that the longest-waiting job has been claimable; `nil` when none waits.
    package let oldestWaitingSeconds: Double?
    /// Average over the last five minutes.
    package let finishedPerMinute: Double
    package let deadletteredPerMinute: Double
    /// Provider health as the running programs report it.
    package let providers: [Provider]

    package init(
        counts: [Count], oldestWaitingSeconds: Double?, finishedPerMinute: Double,
        deadletteredPerMinute: Double, providers: [Provider]
    ) {
        self.counts = counts
        self.oldestWaitingSeconds = oldestWaitingSeconds
        self.finishedPerMinute = finishedPerMinute
        self.deadletteredPerMinute = deadletteredPerMinute
        self.providers = providers
    }
}
