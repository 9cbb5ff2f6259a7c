package import Domain
package import FoundationEssentials

/// The status of a job.
package struct JobStatus: Sendable {
    package let job: JobID
    package let document: DocumentID
    package let filename: String
    package let position: Position
    /// Number of chunks; `nil` until the document is chunked.
    package let chunksPlanned: Int?
    /// Number of vectors in the buffer.
    package let vectorsStaged: Int
    /// Claims so far at this stage.
    package let attempt: Int
    /// Failures so far.
    package let retryCount: Int
    /// When a retryable job is due again.
    package let retryAt: Date?
    package let lastError: JSONValue?
    package let createdAt: Date
    package let startedAt: Date?
    package let finishedAt: Date?
    package let updatedAt: Date

    package init(
        job: JobID, document: DocumentID, filename: String, position: Position,
        chunksPlanned: Int?, vectorsStaged: Int, attempt: Int, retryCount: Int, retryAt: Date?,
        lastError: JSONValue?, createdAt: Date, startedAt: Date?, finishedAt: Date?,
        updatedAt: Date
    ) {
        self.job = job
        self.document = document
        self.filename = filename
        self.position = position
        self.chunksPlanned = chunksPlanned
        self.vectorsStaged = vectorsStaged
        self.attempt = attempt
        self.retryCount = retryCount
        self.retryAt = retryAt
        self.lastError = lastError
        self.createdAt = createdAt
        self.startedAt = startedAt
        self.finishedAt = finishedAt
        self.updatedAt = updatedAt
    }
}
