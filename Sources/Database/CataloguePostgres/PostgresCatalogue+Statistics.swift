package import Pipeline
import Postgres
import QueryPostgres
package import Querying

extension PostgresCatalogue: PipelineStats {
    package func pipeline() async throws(QueryError) -> PipelineSnapshot {
        let counts = try await lookups.rows(Query.pipelineCounts()) { row in
            PipelineSnapshot.Count(
                position: try row.position(stage: 0, state: 1), jobs: try row.decode(2))
        }
        let providers = try await lookups.providerHealth()
        return try await lookups.row(SharedQuery.pipelineRates()) { row in
            PipelineSnapshot(
                counts: counts, oldestWaitingSeconds: try row.decodeIfPresent(0),
                finishedPerMinute: try row.decode(1), deadletteredPerMinute: try row.decode(2),
                providers: providers)
        }
    }
}
