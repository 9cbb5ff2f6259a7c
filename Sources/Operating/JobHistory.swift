package import Domain
package import Pipeline
package import Querying

/// The events of the jobs of all tenants, including deleted jobs.
package protocol JobHistory: Sendable {
    /// The job's events after `cursor`, oldest first; `nil` when the job never existed.
    func events(
        of job: JobID, after cursor: Int, limit: Int
    ) async throws(QueryError) -> [JobEvent]?
}
