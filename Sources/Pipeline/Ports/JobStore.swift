package import Domain

/// Who claims: host, process and slot, as operators see it in `claimed_by`.
package typealias WorkerName = String

/// What a worker gets with a claim.
package struct ClaimTerms: Sendable {
    /// How long a claim lives without a heartbeat.
    package var lease: Duration
    /// How long the work may take without progress, heartbeats or not.
    package var deadline: Duration

    package init(lease: Duration = .seconds(90), deadline: Duration = .seconds(900)) {
        self.lease = lease
        self.deadline = deadline
    }
}

/// A worker's word that it works on a job.
package struct Heartbeat: Sendable, Equatable {
    package var claim: Claim
    /// Whether the work got on since the last heartbeat, which renews its deadline.
    package var hasProgressed: Bool

    package init(_ claim: Claim, hasProgressed: Bool) {
        self.claim = claim
        self.hasProgressed = hasProgressed
    }
}

/// The job rows: what every stage needs of them. Each call is one transaction.
///
/// A write that carries a claim is fenced: it throws `leaseLost` and changes nothing when the claim
/// is no longer the row's. Store trouble is thrown as a transient failure.
package protocol JobStore: Sendable {
    /// Claims those of `jobs` that wait on `queue`, are due and have at most `chunksMax` chunks. The
    /// others are stale hints, or left for later.
    func claim(
        _ jobs: [JobID], chunksMax: Int, from queue: WorkQueue, as worker: WorkerName,
        on terms: ClaimTerms
    ) async throws(StageFailure) -> [ClaimedJob]

    /// The ids in `jobs` that do not exist.
    func unknown(_ jobs: [JobID]) async throws(StageFailure) -> Set<JobID>

    /// Claims due jobs on `queue`, hinted or not, in turns of tenants.
    func claimWaiting(
        _ limits: ClaimLimits, from queue: WorkQueue, as worker: WorkerName, on terms: ClaimTerms
    ) async throws(StageFailure) -> [ClaimedJob]

    /// Extends leases, and the deadlines of work that got on; returns the claims that still hold.
    func heartbeat(
        _ heartbeats: [Heartbeat], on terms: ClaimTerms
    ) async throws(StageFailure) -> Set<Claim>

    /// Moves a job on within its worker's own stages, one event each.
    func advance(_ claim: Claim, through stages: [Stage]) async throws(StageFailure)

    /// Records a failure: the job becomes retryable or a dead letter.
    func fail(
        _ claim: Claim, _ failure: StageFailure, verdict: FailureVerdict
    ) async throws(StageFailure)

    /// Gives jobs back unharmed; the attempts do not count. Lost claims are skipped.
    func release(_ claims: [Claim]) async throws(StageFailure)
}

/// What the parse stage leaves behind.
package protocol ParseStore: JobStore {
    /// What a parsing service gave for the document, if it took it already.
    func parseTicket(
        _ claim: Claim, of provider: String
    ) async throws(StageFailure) -> String?

    /// Keeps what a parsing service gave; `nil` forgets it.
    func keepParseTicket(
        _ claim: Claim, _ ticket: String?, of provider: String
    ) async throws(StageFailure)

    /// Records the parsed text and hands the job to the chunk queue.
    func completeParsing(_ claim: Claim, _ parsed: ParsedText) async throws(StageFailure)
}

/// Where a document's parsed text lies.
package struct ParsedText: Sendable {
    package var path: String
    package var sha256: String
    package var parser: String
    package var pages: Int?

    package init(path: String, sha256: String, parser: String, pages: Int?) {
        self.path = path
        self.sha256 = sha256
        self.parser = parser
        self.pages = pages
    }
}

/// What the chunk stage leaves behind.
package protocol ChunkStore: JobStore {
    /// Stages all chunks of a document at once and hands the job to the embed queue.
    func completeChunking(
        _ job: ClaimedJob, chunks: some RandomAccessCollection<Chunk> & Sendable,
        by chunker: ChunkerIdentity
    ) async throws(StageFailure)
}

/// A staged chunk that still lacks its vector.
package struct PendingChunk: Sendable {
    package var ord: Int
    package var input: String

    package init(ord: Int, input: String) {
        self.ord = ord
        self.input = input
    }
}

/// What the embed stage reads and leaves behind.
package protocol VectorStore: JobStore {
    /// Pins the job to one vector space; vectors staged in another space are dropped. Returns its
    /// first chunks without a vector, in order.
    func beginEmbedding(
        _ job: ClaimedJob, in space: VectorSpace, limit: Int
    ) async throws(StageFailure) -> [PendingChunk]

    /// Chunks without a vector that follow another one, in order.
    func pendingChunks(
        of job: ClaimedJob, after ord: Int, limit: Int
    ) async throws(StageFailure) -> [PendingChunk]

    /// Stages vectors; a repeat is a no-op. The last ones hand the job on in the same transaction, as
    /// `completeEmbedding` does.
    func stageVectors(
        _ vectors: [[Float]], ords: [Int], of job: ClaimedJob, areLast: Bool
    ) async throws(StageFailure)

    /// Hands the job to the flush queue; permanent failure `chunks_missing` when any lacks.
    func completeEmbedding(_ job: ClaimedJob) async throws(StageFailure)
}

/// What the flush stage does.
package protocol FlushStore: JobStore {
    /// Moves a document's chunks into `document_chunks` and finishes the job, in one transaction.
    /// Returns the chunks moved.
    func flush(_ job: ClaimedJob) async throws(StageFailure) -> Int
}
