// Serving: the HTTP side: upload, status, search.
//
// Invariants: bytes are durable before their document is recorded, and a document is recorded
// before its upload is acknowledged. A request sees only documents of its tenant. Every refusal
// is a problem document (RFC 9457) with a stable code.
// Neighbours: clients above; the ports Catalogue, BlobStore, HintSender and Embedder below. The
// parse-worker takes over from the hint.

package import Domain
package import Pipeline

/// Documents, jobs and chunks as clients see them. Every query runs for one tenant and returns
/// that tenant's data only, except `pipeline` and `blobsAreHeld`.
package protocol Catalogue: Sendable {
    /// Records an upload whose bytes are stored: document, job and first event in one transaction.
    func accept(_ upload: Upload) async throws(CatalogueError) -> Acceptance

    func job(_ job: JobID, of user: TenantID) async throws(CatalogueError) -> JobRecord?
    /// The job's events after `cursor`, oldest first; `nil` when the job does not exist.
    func events(
        of job: JobID, after cursor: Int, limit: Int, user: TenantID
    ) async throws(CatalogueError) -> [EventRecord]?

    func document(
        _ document: DocumentID, of user: TenantID
    ) async throws(CatalogueError) -> DocumentRecord?
    /// Documents after `cursor`, ordered by id.
    func documents(
        of user: TenantID, after cursor: DocumentID?, limit: Int
    ) async throws(CatalogueError) -> [DocumentRecord]
    /// Searchable chunks from number `start` on; `nil` when the document does not exist.
    func chunks(
        of document: DocumentID, from start: Int, limit: Int, user: TenantID
    ) async throws(CatalogueError) -> [ChunkRecord]?
    /// Deletes a document with its job, buffers and chunks in one transaction. Returns the paths
    /// of its blobs, or `nil` when the document does not exist.
    func delete(
        _ document: DocumentID, of user: TenantID
    ) async throws(CatalogueError) -> [String]?
    /// Whether a backup holds the blobs, so that none may be deleted. Call it after `delete`.
    func blobsAreHeld() async throws(CatalogueError) -> Bool

    /// The best chunks of finished documents, best first.
    func search(
        _ search: Search, of user: TenantID
    ) async throws(CatalogueError) -> [SearchHit]

    /// Records an event of a parsing service; false when it was recorded before.
    func note(_ event: ParseEvent) async throws(CatalogueError) -> Bool

    /// Counts over the whole pipeline, all tenants together.
    func pipeline() async throws(CatalogueError) -> PipelineRecord
}

/// Why a database query failed.
package struct CatalogueError: Error, Sendable {
    package enum Kind: Sendable {
        /// The database is unreachable or at its limits. It may recover in a moment.
        case unavailable
        /// No connection became free within the time a request may wait.
        case busy
        /// The statement exceeded its time limit.
        case timeout
        /// The database rejected the client's query.
        case refused
        /// A statement or a row is not what this program expects.
        case fault
    }

    package let kind: Kind
    package let reason: String

    package init(_ kind: Kind, reason: String) {
        self.kind = kind
        self.reason = reason
    }
}

/// An upload whose bytes are stored.
package struct Upload: Sendable {
    package let document: DocumentID
    package let job: JobID
    package let user: TenantID
    package let filename: String
    /// The detected media type.
    package let mime: String
    package let byteCount: Int
    package let sha256: String
    package let rawPath: String
    package let idempotencyKey: String?
    package let correlationID: String

    package init(
        document: DocumentID, job: JobID, user: TenantID, filename: String, mime: String,
        byteCount: Int, sha256: String, rawPath: String, idempotencyKey: String?,
        correlationID: String
    ) {
        self.document = document
        self.job = job
        self.user = user
        self.filename = filename
        self.mime = mime
        self.byteCount = byteCount
        self.sha256 = sha256
        self.rawPath = rawPath
        self.idempotencyKey = idempotencyKey
        self.correlationID = correlationID
    }
}

/// The result of recording an upload.
package enum Acceptance: Sendable {
    case accepted
    /// The tenant already has a document with the same bytes.
    case known(KnownUpload)
    /// The idempotency key was used with other bytes.
    case keyTaken
}

/// An earlier upload.
package struct KnownUpload: Sendable {
    package let document: DocumentID
    package let job: JobID
    package let stage: String
    package let state: String

    package init(document: DocumentID, job: JobID, stage: String, state: String) {
        self.document = document
        self.job = job
        self.stage = stage
        self.state = state
    }
}

/// A search query.
package struct Search: Sendable {
    /// `nil` ranks by words only.
    package var vector: [Float]?
    package var space: EmbeddingSpace
    /// `nil` ranks by meaning only.
    package var words: String?
    /// Maximum number of hits, 1…100.
    package var limit: Int
    /// Only these documents; `nil` for all.
    package var documents: [DocumentID]?
    /// Only these media types; `nil` for all.
    package var mimes: [String]?

    package init(
        vector: [Float]?, space: EmbeddingSpace, words: String?, limit: Int,
        documents: [DocumentID]?, mimes: [String]?
    ) {
        self.vector = vector
        self.space = space
        self.words = words
        self.limit = limit
        self.documents = documents
        self.mimes = mimes
    }
}
