package import Domain
package import Pipeline

/// An upload whose bytes are durable, under a path that no row names yet.
package struct StoredUpload: Sendable {
    package let request: UploadRequest
    /// The id of the job, if the document is a new one.
    package let job: JobID
    /// The size, hash and type of the stored bytes.
    package let content: InspectedDocument

    package init(
        request: UploadRequest, job: JobID = JobID(.timeOrdered()), content: InspectedDocument
    ) {
        self.request = request
        self.job = job
        self.content = content
    }
}
