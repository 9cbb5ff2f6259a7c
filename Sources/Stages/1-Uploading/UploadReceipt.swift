package import Domain

/// The acknowledgement of an upload.
package struct UploadReceipt: Sendable, Equatable {
    package let document: DocumentID
    /// The newest job of the document.
    package let job: JobID
    package let position: Position
    /// Whether the tenant already had these bytes; then document and job are the earlier ones.
    package let isDuplicate: Bool

    package init(document: DocumentID, job: JobID, position: Position, isDuplicate: Bool) {
        self.document = document
        self.job = job
        self.position = position
        self.isDuplicate = isDuplicate
    }
}
