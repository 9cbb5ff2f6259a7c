package import Domain

/// The size, hash and type that a document's bytes really have.
package struct InspectedDocument: Sendable, Equatable {
    package var byteCount: Int
    package var sha256: String
    /// The detected media type, regardless of the declared one.
    package var mime: String

    package init(byteCount: Int, sha256: String, mime: String) {
        self.byteCount = byteCount
        self.sha256 = sha256
        self.mime = mime
    }
}

/// Inspects stored bytes before they are parsed.
package protocol DocumentInspector: Sendable {
    /// - Throws: a permanent failure when the type is not supported, the document is `encrypted`, …
    func inspect(
        path: String, filename: String, declaredMIME: String
    ) async throws(JobFailure) -> InspectedDocument
}
