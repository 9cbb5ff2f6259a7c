import Domain
import FoundationEssentials
import Pipeline
import Querying

/// The body of a response about the pipeline.
struct PipelineResponse: Sendable, Encodable {
    struct Count: Sendable, Encodable {
        let stage: Stage
        let state: JobState
        let jobs: Int
    }

    struct Provider: Sendable, Encodable {
        let name: String
        let health: String
        let programs: Int
        let reason: String?
        let reopensAt: Date?

        init(_ provider: PipelineSnapshot.Provider) {
            name = provider.name
            health = provider.health.rawValue
            programs = provider.programs
            reason = provider.reason
            reopensAt = provider.reopensAt
        }
    }

    let counts: [Count]
    let oldestWaitingSeconds: Double?
    let finishedPerMinute: Double
    let deadletteredPerMinute: Double
    let providers: [Provider]
    /// Free bytes of the document storage; absent for a bucket.
    let storageFreeBytes: Int?

    init(_ snapshot: PipelineSnapshot, storageFreeBytes: Int?) {
        counts = snapshot.counts.map {
            Count(stage: $0.position.stage, state: $0.position.state, jobs: $0.jobs)
        }
        oldestWaitingSeconds = snapshot.oldestWaitingSeconds
        finishedPerMinute = snapshot.finishedPerMinute
        deadletteredPerMinute = snapshot.deadletteredPerMinute
        providers = snapshot.providers.map(Provider.init)
        self.storageFreeBytes = storageFreeBytes
    }
}
