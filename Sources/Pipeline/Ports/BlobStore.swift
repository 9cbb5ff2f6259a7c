package import Domain

/// Where a blob lies: `storage://{raw|parsed}/{user}/{document}.{ext}`.
package struct BlobPath: Hashable, Sendable, CustomStringConvertible {
    package enum Kind: String, Sendable, CaseIterable { case raw, parsed }

    package let kind: Kind
    package let user: UserID
    package let document: DocumentID
    package let fileExtension: String

    package init(kind: Kind, user: UserID, document: DocumentID, fileExtension: String) {
        self.kind = kind
        self.user = user
        self.document = document
        self.fileExtension = fileExtension
    }

    /// Reads a stored path; `nil` when it is not one of ours, so no path escapes the store.
    package init?(_ text: String) {
        let prefix = "storage://"
        guard text.hasPrefix(prefix) else { return nil }
        let parts = text.dropFirst(prefix.count).split(
            separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 3, let kind = Kind(rawValue: String(parts[0])),
            let user = UserID(parts[1]), let dot = parts[2].firstIndex(of: "."),
            let document = DocumentID(parts[2][..<dot])
        else { return nil }
        let fileExtension = parts[2][parts[2].index(after: dot)...]
        guard (1...8).contains(fileExtension.count),
            fileExtension.allSatisfy({ $0.isASCII && ($0.isLowercase || $0.isNumber) })
        else { return nil }
        self.init(
            kind: kind, user: user, document: document, fileExtension: String(fileExtension))
    }

    /// Path below the root of a store, and the key in a bucket.
    package var key: String { "\(kind.rawValue)/\(user)/\(document).\(fileExtension)" }
    package var description: String { "storage://\(key)" }
}

/// Holds the bytes of documents. Errors: `blob_missing` (permanent), otherwise transient.
package protocol BlobStore: Sendable {
    /// Opens a new blob; nothing is visible under its path before `commit`.
    func writer(for path: BlobPath) async throws(StageFailure) -> any BlobWriter
    /// Replaces a whole blob, atomically and durably.
    func put(_ bytes: [UInt8], at path: BlobPath) async throws(StageFailure)
    /// Reads a whole blob of at most `bytesMax`.
    func read(_ path: BlobPath, bytesMax: Int) async throws(StageFailure) -> [UInt8]
    /// Lends the blob as a local file for the time of `body`.
    func withLocalFile<R: Sendable>(
        _ path: BlobPath, _ body: (String) async throws(StageFailure) -> R
    ) async throws(StageFailure) -> R
    /// Deletes a blob; one that is not there is no error.
    func delete(_ path: BlobPath) async throws(StageFailure)
    /// Up to `limit` blobs older than `age`, after `cursor` in key order.
    func list(
        olderThan age: Duration, after cursor: String?, limit: Int
    ) async throws(StageFailure) -> [BlobPath]
}

/// An upload in flight. Dropping one without `commit` or `abort` leaves only a temporary file,
/// which the store collects.
package protocol BlobWriter: Sendable {
    func append(_ bytes: [UInt8]) async throws(StageFailure)
    /// Makes the blob visible; when this returns it survives a power cut.
    func commit() async throws(StageFailure)
    func abort() async
}
