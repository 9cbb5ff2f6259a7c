package import Domain
package import Pipeline

/// Records uploads.
package protocol UploadStore: Sendable {
    /// Records an upload whose bytes are stored: document, job and first event in one transaction.
    ///
    /// - Returns: the receipt of the new document, or of the tenant's earlier document with the
    ///   same bytes; `nil` when the idempotency key was used with other bytes.
    func record(_ upload: StoredUpload) async throws(QueryError) -> UploadReceipt?

    /// The receipt of a document that was recorded earlier; `nil` when the tenant has no such
    /// document.
    func receipt(
        of document: DocumentID, tenant: TenantID
    ) async throws(QueryError) -> UploadReceipt?
}
