// Serving: the HTTP side: upload, status, search.
//
// Invariants: bytes are durable before a document is known, and a document is known before its
// upload is acknowledged; whoever asks sees only documents of their tenant; every refusal is a
// problem document (RFC 9457) with a stable code.
// Neighbours: clients above; the ports Catalogue, BlobStore, HintSender and Embedder below. The
// parse-worker takes over from the hint.

package import Domain

/// Documents, jobs and chunks as clients see them. Everything is asked on behalf of a tenant and
/// answered for that tenant alone.
package protocol Catalogue: Sendable {
    /// Records an upload whose bytes are stored: document, job and first event in one transaction.
    func accept(_ upload: Upload) async throws(CatalogueError) -> Acceptance

    func job(_ job: JobID, of user: UserID) async throws(CatalogueError) -> JobRecord?
    /// The job's events after `cursor`, oldest first; `nil` when there is no such job.
    func events(
        of job: JobID, after cursor: Int, limit: Int, user: UserID
    ) async throws(CatalogueError) -> [EventRecord]?

    func document(
        _ document: DocumentID, of user: UserID
    ) async throws(CatalogueError) -> DocumentRecord?
    /// Documents after `cursor` in the order of their ids.
    func documents(
        of user: UserID, after cursor: DocumentID?, limit: Int
    ) async throws(CatalogueError) -> [DocumentRecord]
    /// Searchable chunks from number `start` on; `nil` when there is no such document.
    func chunks(
        of document: DocumentID, from start: Int, limit: Int, user: UserID
    ) async throws(CatalogueError) -> [ChunkRecord]?
    /// Deletes a document with its job, buffers and chunks in one transaction; returns the paths
    /// of its blobs, `nil` when there is no such document.
    func delete(
        _ document: DocumentID, of user: UserID
    ) async throws(CatalogueError) -> [String]?
    /// Whether a backup holds the blobs, so that none may be deleted. Ask after `delete`.
    func blobsAreHeld() async throws(CatalogueError) -> Bool

    /// The best chunks of finished documents, best first.
    func search(
        _ search: Search, of user: UserID
    ) async throws(CatalogueError) -> [SearchHit]

    /// Keeps what a parsing service tells of a job of its own; false when it was told before.
    func note(_ event: ParseEvent) async throws(CatalogueError) -> Bool

    /// The whole pipeline in numbers, of all tenants.
    func pipeline() async throws(CatalogueError) -> PipelineRecord
}

/// Why the database gave no answer.
package struct CatalogueError: Error, Sendable {
    package enum Kind: Sendable {
        /// It cannot be reached, or is at its limits; it may answer in a moment.
        case unavailable
        /// All connections to it were in use for as long as a request may wait.
        case busy
        /// The statement exceeded its time limit.
        case timeout
        /// It refused what the client asked for.
        case refused
        /// A statement or a row is not as this program expects it.
        case fault
    }

    package let kind: Kind
    package let reason: String

    package init(_ kind: Kind, reason: String) {
        self.kind = kind
        self.reason = reason
    }
}

/// That a remote job of a parsing service has ended.
package struct ParseEvent: Sendable, Equatable {
    /// The service's own; the same for each time it is told.
    package let id: String
    package let remoteJob: String
    /// As in `parse.success`.
    package let name: String

    package init(id: String, remoteJob: String, name: String) {
        self.id = id
        self.remoteJob = remoteJob
        self.name = name
    }
}

/// An upload whose bytes are stored.
package struct Upload: Sendable {
    package let document: DocumentID
    package let job: JobID
    package let user: UserID
    package let filename: String
    /// The detected media type.
    package let mime: String
    package let bytesLength: Int
    package let sha256: String
    package let rawPath: String
    package let idempotencyKey: String?
    package let correlationID: String

    package init(
        document: DocumentID, job: JobID, user: UserID, filename: String, mime: String,
        bytesLength: Int, sha256: String, rawPath: String, idempotencyKey: String?,
        correlationID: String
    ) {
        self.document = document
        self.job = job
        self.user = user
        self.filename = filename
        self.mime = mime
        self.bytesLength = bytesLength
        self.sha256 = sha256
        self.rawPath = rawPath
        self.idempotencyKey = idempotencyKey
        self.correlationID = correlationID
    }
}

/// What became of an upload.
package enum Acceptance: Sendable {
    case accepted
    /// The tenant had a document of the same bytes already.
    case known(KnownUpload)
    /// The idempotency key stands for other bytes.
    case keyTaken
}

/// An upload of earlier.
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

/// What to look for.
package struct Search: Sendable {
    /// `nil` ranks by words alone.
    package var vector: [Float]?
    package var space: VectorSpace
    /// `nil` ranks by meaning alone.
    package var words: String?
    /// Most hits, 1…100.
    package var limit: Int
    /// Only these documents; `nil` for all.
    package var documents: [DocumentID]?
    /// Only these media types; `nil` for all.
    package var mimes: [String]?

    package init(
        vector: [Float]?, space: VectorSpace, words: String?, limit: Int,
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
