package import Domain

/// What a document's bytes truly are.
package struct InspectedDocument: Sendable, Equatable {
    package var bytesLength: Int
    package var sha256: String
    /// The detected media type, whatever was declared.
    package var mime: String

    package init(bytesLength: Int, sha256: String, mime: String) {
        self.bytesLength = bytesLength
        self.sha256 = sha256
        self.mime = mime
    }
}

/// Looks at stored bytes before a parser does.
package protocol DocumentInspector: Sendable {
    /// - Throws: a permanent failure when the type is not one that is taken, `encrypted`, …
    func inspect(
        path: String, filename: String, declaredMIME: String
    ) async throws(StageFailure) -> InspectedDocument
}
