import Domain
package import FoundationEssentials
package import Logging
package import Pipeline

/// Uploads that go directly to storage: the client gets a permit, sends the bytes to the storage
/// itself, then reports completion.
///
/// Nothing is recorded before the completion. The document's id contains the time of the permit.
package struct DirectUploads: Sendable {
    private let handler: UploadHandler

    /// How long a permit is valid.
    private static let lifetime = Duration.seconds(15 * 60)
    /// Deadline for completing the upload; well before the bytes count as an orphan.
    private static let completionDeadline = Duration.seconds(30 * 60)
    /// Deadline for recording it, however long the inspection took.
    private static let recordingDeadline = Duration.seconds(45 * 60)

    package init(handler: UploadHandler) { self.handler = handler }

    /// A request with which the client can send the bytes to the storage, and when it expires.
    package func permit(
        for request: UploadRequest, byteCount: Int
    ) throws -> (permit: UploadPermit, expiresAt: Date) {
        let expiresAt = Date() + Self.lifetime / .seconds(1)
        guard
            let permit = try handler.blobs.uploadPermit(
                for: request.path, byteCount: byteCount, lifetime: Self.lifetime)
        else { throw UploadRefusal.directUploadUnavailable }
        return (permit, expiresAt)
    }

    /// Inspects and records an upload whose bytes the client has sent. Safe to repeat.
    ///
    /// - Parameter request: filename and type as in the request for the permit.
    package func complete(
        _ request: UploadRequest, logger: Logger
    ) async throws -> UploadReceipt {
        let earlier = try await handler.store.receipt(of: request.document, tenant: request.tenant)
        if let earlier { return earlier }
        try Self.check(request.document, within: Self.completionDeadline, at: Date())
        return try await handler.admission.admit(request.tenant) {
            let content = try await inspect(request)
            try Self.check(request.document, within: Self.recordingDeadline, at: Date())
            return try await handler.record(
                StoredUpload(request: request, content: content), bytesAreShared: true,
                logger: logger)
        }
    }

    /// Checks that a permit was given for a document, less than `deadline` ago.
    static func check(
        _ document: DocumentID, within deadline: Duration, at now: Date
    ) throws(UploadRefusal) {
        guard let begun = document.uuid.timeOrderedDate else { throw .directUploadUnknown }
        guard now.timeIntervalSince(begun) < deadline / .seconds(1) else {
            throw .directUploadExpired
        }
    }

    /// Inspects an upload. A refused one is left to the reconciler, because another completion of
    /// the same upload may be recording it as a document at this moment.
    private func inspect(_ request: UploadRequest) async throws -> InspectedDocument {
        do throws(JobFailure) {
            return try await handler.blobs.withLocalFile(request.path) {
                path async throws(JobFailure) in
                try await handler.inspector.inspect(
                    path: path, filename: request.filename.text,
                    declaredMIME: request.declaredType)
            }
        } catch {
            if error.code == .storage(.blobMissing) { throw UploadRefusal.directUploadUnknown }
            throw error
        }
    }
}
