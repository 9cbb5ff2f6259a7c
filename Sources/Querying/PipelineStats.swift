package import Pipeline

/// Counts over the whole pipeline.
package protocol PipelineStats: Sendable {
    /// All tenants together.
    func pipeline() async throws(QueryError) -> PipelineSnapshot
}
