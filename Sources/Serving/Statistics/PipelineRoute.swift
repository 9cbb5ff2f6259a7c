import Hummingbird
import Pipeline
import Querying

/// `GET /v1/pipeline`: counts at most once per second and shares the result between requests.
actor PipelineRoute {
    private let stats: any PipelineStats
    private let blobs: any BlobStore
    private var last: (response: PipelineResponse, at: ContinuousClock.Instant)?
    private var counting: Task<PipelineResponse, any Error>?

    init(stats: any PipelineStats, blobs: any BlobStore) {
        self.stats = stats
        self.blobs = blobs
    }

    @concurrent
    nonisolated func pipeline(
        _ request: Request, _ context: ServingContext
    ) async throws -> Response {
        JSON.response(try await current())
    }

    private func current() async throws -> PipelineResponse {
        if let last, last.at.duration(to: .now) < .seconds(1) { return last.response }
        if let counting { return try await counting.value }
        // An unstructured task, so that one client disconnecting does not cancel it for the others.
        let task = Task {
            let snapshot = try await stats.pipeline()
            return PipelineResponse(snapshot, storageFreeBytes: try await blobs.freeBytes())
        }
        counting = task
        defer { counting = nil }
        let response = try await task.value
        last = (response, .now)
        return response
    }
}
