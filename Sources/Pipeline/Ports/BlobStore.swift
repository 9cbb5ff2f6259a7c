package import Domain

/// The location of a blob: `storage://{raw|parsed}/{tenant}/{document}[.{claim}].{ext}`.
package struct BlobPath: Hashable, Sendable, CustomStringConvertible {
    package enum Kind: String, Sendable, CaseIterable { case raw, parsed }

    package let kind: Kind
    package let tenant: TenantID
    package let document: DocumentID
    /// The claim under which it was written, so that a lost claim overwrites no blob.
    package let claim: ClaimID?
    package let fileExtension: String

    package init(
        kind: Kind, tenant: TenantID, document: DocumentID, claim: ClaimID? = nil,
        fileExtension: String
    ) {
        self.kind = kind
        self.tenant = tenant
        self.document = document
        self.claim = claim
        self.fileExtension = fileExtension
    }

    /// Parses a stored path; `nil` for anything else, so that no path escapes the store.
    package init?(_ text: String) {
        let prefix = "storage://"
        guard text.hasPrefix(prefix) else { return nil }
        let parts = text.dropFirst(prefix.count).split(
            separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 3, let kind = Kind(rawValue: String(parts[0])),
            let tenant = TenantID(parts[1])
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
            kind: kind, tenant: tenant, document: document, claim: claim,
            fileExtension: String(fileExtension))
    }

    /// Path below the root of a store, and the key in a bucket.
    package var key: String {
        let version = claim.map { ".\($0)" } ?? ""
        return "\(kind.rawValue)/\(tenant)/\(document)\(version).\(fileExtension)"
    }
    package var description: String { "storage://\(key)" }
}

/// Stores the bytes of documents.
///
/// Errors: `blob_missing` is permanent. `blob_unreadable` (the storage refuses a read or a write)
/// and `disk_full` do not count as attempts of the job. All others are transient. The store does
/// not detect changed bytes; callers that know the hash check it.
package protocol BlobStore: Sendable {
    /// Opens a new blob; nothing is visible under its path before `commit`.
    func writer(for path: BlobPath) async throws(JobFailure) -> any BlobWriter
    /// Replaces a whole blob, atomically and durably.
    func put(_ bytes: [UInt8], at path: BlobPath) async throws(JobFailure)
    /// Reads a whole blob of at most `bytesMax` bytes.
    func read(_ path: BlobPath, bytesMax: Int) async throws(JobFailure) -> [UInt8]
    /// Provides the blob as a local file for the duration of `body`.
    func withLocalFile<R: Sendable>(
        _ path: BlobPath, _ body: (String) async throws(JobFailure) -> R
    ) async throws(JobFailure) -> R
    /// Deletes a blob. A missing blob is not an error.
    func delete(_ path: BlobPath) async throws(JobFailure)
    /// Up to `limit` blobs older than `age`, after `cursor` in key order. Also aborts uncommitted
    /// uploads older than that. Without an age, lists all blobs and changes nothing.
    func list(
        olderThan age: Duration?, after cursor: String?, limit: Int
    ) async throws(JobFailure) -> [BlobPath]
    /// A request with which a client can upload a blob, once, until `lifetime` is over; `nil` when
    /// the store cannot be reached from outside.
    func uploadPermit(
        for path: BlobPath, byteCount: Int, lifetime: Duration
    ) throws(JobFailure) -> UploadPermit?
    /// Bytes that can still be stored; `nil` for a store without a limit, such as a bucket.
    func freeBytes() async throws(JobFailure) -> Int?
}

extension BlobStore {
    /// Writes a whole blob through a writer.
    package func write(_ bytes: [UInt8], at path: BlobPath) async throws(JobFailure) {
        let writer = try await writer(for: path)
        do throws(JobFailure) {
            try await writer.append(bytes)
            try await writer.commit()
        } catch {
            await writer.abort()
            throw error
        }
    }

    package func uploadPermit(
        for path: BlobPath, byteCount: Int, lifetime: Duration
    ) throws(JobFailure) -> UploadPermit? { nil }

    package func freeBytes() async throws(JobFailure) -> Int? { nil }
}

/// An HTTP request that uploads a blob, without its body.
package struct UploadPermit: Sendable, Equatable {
    package let method: String
    package let url: String
    /// Must be sent unchanged, or the storage refuses the upload.
    package let headers: [String: String]

    package init(method: String, url: String, headers: [String: String]) {
        self.method = method
        self.url = url
        self.headers = headers
    }
}

/// An upload in progress. If its process dies, `list` cleans up what is left.
package protocol BlobWriter: Sendable {
    func append(_ bytes: [UInt8]) async throws(JobFailure)
    /// Provides the appended bytes as a local file for the duration of `body`.
    func withLocalFile<R: Sendable>(
        _ body: (String) async throws(JobFailure) -> R
    ) async throws(JobFailure) -> R
    /// Makes the blob visible. Once this returns, the blob survives a power failure.
    func commit() async throws(JobFailure)
    func abort() async
}
