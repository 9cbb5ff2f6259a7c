package import Domain
package import FoundationEssentials

/// A document and the state of its latest ingest.
package struct DocumentSummary: Sendable {
    package enum Status: String, Codable, Sendable { case queued, processing, embedded, failed }

    package let document: DocumentID
    package let filename: String
    package let mime: String
    package let byteCount: Int
    package let sha256: String
    package let status: Status
    /// The job of the latest ingest.
    package let job: JobID
    /// Number of searchable chunks.
    package let chunks: Int
    package let createdAt: Date
    package let updatedAt: Date
    /// `nil` until the document is parsed.
    package let parseReport: ParseReport?

    package init(
        document: DocumentID, filename: String, mime: String, byteCount: Int, sha256: String,
        status: Status, job: JobID, chunks: Int, createdAt: Date, updatedAt: Date,
        parseReport: ParseReport?
    ) {
        self.document = document
        self.filename = filename
        self.mime = mime
        self.byteCount = byteCount
        self.sha256 = sha256
        self.status = status
        self.job = job
        self.chunks = chunks
        self.createdAt = createdAt
        self.updatedAt = updatedAt
        self.parseReport = parseReport
    }
}
