package import Domain

/// Where a blob lies: `storage://{raw|parsed}/{user}/{document}[.{claim}].{ext}`.
package struct BlobPath: Hashable, Sendable, CustomStringConvertible {
    package enum Kind: String, Sendable, CaseIterable { case raw, parsed }

    package let kind: Kind
    package let user: UserID
    package let document: DocumentID
    /// The claim under which it was written: whoever lost a claim overwrites nobody's blob.
    package let claim: ClaimID?
    package let fileExtension: String

    package init(
        kind: Kind, user: UserID, document: DocumentID, claim: ClaimID? = nil,
        fileExtension: String
    ) {
        self.kind = kind
        self.user = user
        self.document = document
        self.claim = claim
        self.fileExtension = fileExtension
    }

    /// Reads a stored path; `nil` when it is not one of ours, so no path escapes the store.
    package init?(_ text: String) {
        let prefix = "storage://"
        guard text.hasPrefix(prefix) else { return nil }
        let parts = text.dropFirst(prefix.count).split(
            separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 3, let kind = Kind(rawValue: String(parts[0])),
            let user = UserID(parts[1])
        else { return nil }
        let name = parts[2].split(separator: ".", omittingEmptySubsequences: false)
        guard (2...3).contains(name.count), let document = DocumentID(name[0]) else { return nil }
        let claim = ClaimID(name[1])
        guard (claim != nil) == (name.count == 3) else { return nil }
        let fileExtension = name[name.count - 1]
        guard (1...8).contains(fileExtension.count),
            fileExtension.allSatisfy({ $0.isASCII && ($0.isLowercase || $0.isNumber) })
        else { return nil }
        self.init(
            kind: kind, user: user, document: document, claim: claim,
            fileExtension: String(fileExtension))
    }

    /// Path below the root of a store, and the key in a bucket.
    package var key: String {
        let version = claim.map { ".\($0)" } ?? ""
        return "\(kind.rawValue)/\(user)/\(document)\(version).\(fileExtension)"
    }
    package var description: String { "storage://\(key)" }
}

/// Holds the bytes of documents.
///
/// Errors: `blob_missing` (permanent); `blob_unreadable` when the storage refuses to give the bytes
/// or to take them, and `disk_full`, which are no attempt of the job; otherwise transient. That
/// bytes have changed is seen by whoever knows their hash.
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
    /// Up to `limit` blobs older than `age`, after `cursor` in key order; also ends uploads that were
    /// begun before and never committed. Without an age it lists all and changes nothing.
    func list(
        olderThan age: Duration?, after cursor: String?, limit: Int
    ) async throws(StageFailure) -> [BlobPath]
    /// A request by which somebody else may upload a blob, once and until `lifetime` is over; `nil`
    /// when the store cannot be reached from outside.
    func uploadPermit(
        for path: BlobPath, bytesLength: Int, lifetime: Duration
    ) throws(StageFailure) -> UploadPermit?
    /// Bytes that can still be stored; `nil` when the store has no limit of its own, as a bucket.
    func freeBytes() async throws(StageFailure) -> Int?
}

extension BlobStore {
    /// Puts a whole blob by way of a writer.
    package func write(_ bytes: [UInt8], at path: BlobPath) async throws(StageFailure) {
        let writer = try await writer(for: path)
        do throws(StageFailure) {
            try await writer.append(bytes)
            try await writer.commit()
        } catch {
            await writer.abort()
            throw error
        }
    }

    package func uploadPermit(
        for path: BlobPath, bytesLength: Int, lifetime: Duration
    ) throws(StageFailure) -> UploadPermit? { nil }

    package func freeBytes() async throws(StageFailure) -> Int? { nil }
}

/// An HTTP request that carries a blob's bytes, without the bytes.
package struct UploadPermit: Sendable, Equatable {
    package let method: String
    package let url: String
    /// To be sent as they are, or the storage refuses.
    package let headers: [String: String]

    package init(method: String, url: String, headers: [String: String]) {
        self.method = method
        self.url = url
        self.headers = headers
    }
}

/// An upload in flight. Whatever a process that dies leaves of one, `list` collects.
package protocol BlobWriter: Sendable {
    func append(_ bytes: [UInt8]) async throws(StageFailure)
    /// Lends what was appended as a local file for the time of `body`.
    func withLocalFile<R: Sendable>(
        _ body: (String) async throws(StageFailure) -> R
    ) async throws(StageFailure) -> R
    /// Makes the blob visible; when this returns it survives a power cut.
    func commit() async throws(StageFailure)
    func abort() async
}
