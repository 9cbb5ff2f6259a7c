package import Domain
package import Pipeline

/// What a client asks for with an upload, apart from the bytes.
package struct UploadRequest: Sendable {
    /// The id of the document, if it is a new one.
    package let document: DocumentID
    package let tenant: TenantID
    package let filename: Filename
    /// The Content-Type that the client declares; only a hint, and perhaps empty.
    package let declaredType: String
    package let idempotencyKey: IdempotencyKey?
    /// Identifies the upload in logs and in the events of its job.
    package let correlationID: String

    package init(
        document: DocumentID = DocumentID(.timeOrdered()), tenant: TenantID, filename: Filename,
        declaredType: String, idempotencyKey: IdempotencyKey? = nil, correlationID: String
    ) {
        self.document = document
        self.tenant = tenant
        self.filename = filename
        self.declaredType = declaredType
        self.idempotencyKey = idempotencyKey
        self.correlationID = correlationID
    }

    /// Where the bytes are stored. The same request always has the same path.
    package var path: BlobPath {
        let type = MediaType(filename: filename.text) ?? MediaType(contentType: declaredType)
        return BlobPath(
            kind: .raw, tenant: tenant, document: document,
            fileExtension: type?.fileExtension ?? "bin")
    }
}
