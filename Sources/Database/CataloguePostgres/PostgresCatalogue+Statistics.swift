package import Pipeline
import Postgres
package import Querying

extension PostgresCatalogue: PipelineStats {
    package func pipeline() async throws(QueryError) -> PipelineSnapshot {
        let counts = try await rows(Query.pipelineCounts()) { row in
            PipelineSnapshot.Count(
                position: try row.position(stage: 0, state: 1), jobs: try row.decode(2))
        }
        let providers = try await rows(Query.providers()) { row in
            PipelineSnapshot.Provider(
                name: try row.decode(0), health: try row.decodeCase(1),
                programs: try row.decode(2), reason: try row.decodeIfPresent(3),
                reopensAt: try row.decodeIfPresent(4))
        }
        let snapshots = try await rows(Query.pipelineRates()) { row in
            PipelineSnapshot(
                counts: counts, oldestWaitingSeconds: try row.decodeIfPresent(0),
                finishedPerMinute: try row.decode(1), deadletteredPerMinute: try row.decode(2),
                providers: providers)
        }
        guard let snapshot = snapshots.first else {
            throw QueryError(.fault, reason: "an aggregate returned no row")
        }
        return snapshot
    }
}
