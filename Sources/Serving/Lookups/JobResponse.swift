import Domain
import FoundationEssentials
import Querying

/// The body of a response about a job.
struct JobResponse: Encodable {
    let jobId: JobID
    let documentId: DocumentID
    let filename: String
    let stage: Stage
    let state: JobState
    let progress: JobProgress
    let attempt: Int
    let retryCount: Int
    let retryAt: Date?
    let lastError: JSONValue?
    let createdAt: Date
    let startedAt: Date?
    let finishedAt: Date?
    let updatedAt: Date
}

extension JobResponse {
    init(_ job: JobStatus) {
        self.init(
            jobId: job.job, documentId: job.document, filename: job.filename,
            stage: job.position.stage, state: job.position.state,
            progress: JobProgress(
                at: job.position, chunksPlanned: job.chunksPlanned,
                vectorsStaged: job.vectorsStaged),
            attempt: job.attempt, retryCount: job.retryCount, retryAt: job.retryAt,
            lastError: job.lastError, createdAt: job.createdAt, startedAt: job.startedAt,
            finishedAt: job.finishedAt, updatedAt: job.updatedAt)
    }
}
