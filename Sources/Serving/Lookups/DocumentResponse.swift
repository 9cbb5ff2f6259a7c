import Domain
import FoundationEssentials
import Querying

/// The body of a response about a document.
struct DocumentResponse: Encodable {
    let documentId: DocumentID
    let filename: String
    let mime: String
    let bytes: Int
    let sha256: String
    let status: DocumentSummary.Status
    let jobId: JobID
    let chunks: Int
    let createdAt: Date
    let updatedAt: Date
    let parseReport: ParseReport?

    init(_ document: DocumentSummary) {
        documentId = document.document
        filename = document.filename
        mime = document.mime
        bytes = document.byteCount
        sha256 = document.sha256
        status = document.status
        jobId = document.job
        chunks = document.chunks
        createdAt = document.createdAt
        updatedAt = document.updatedAt
        parseReport = document.parseReport
    }
}

/// The body of a response with a page of documents.
struct DocumentsResponse: Encodable {
    let documents: [DocumentResponse]
    let next: String?

    init(_ documents: [DocumentSummary], on page: Page) {
        self.documents = documents.map(DocumentResponse.init)
        next = page.next(after: documents) { "\($0.document)" }
    }
}
