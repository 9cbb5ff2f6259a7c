package import Domain

/// The name of a claiming worker: host, process and slot, as shown in `claimed_by`.
package typealias WorkerName = String

/// The lease and the deadline of a claim.
package struct ClaimTerms: Sendable {
    /// How long a claim is valid without a heartbeat.
    package var lease: Duration
    /// How long the work may take without progress, with or without heartbeats.
    package var deadline: Duration

    package init(lease: Duration = .seconds(90), deadline: Duration = .seconds(900)) {
        self.lease = lease
        self.deadline = deadline
    }
}

/// A worker's report that it is still working on a job.
package struct Heartbeat: Sendable, Equatable {
    package var claim: Claim
    /// Whether the work has progressed since the last heartbeat, which renews its deadline.
    package var hasProgressed: Bool

    package init(_ claim: Claim, hasProgressed: Bool) {
        self.claim = claim
        self.hasProgressed = hasProgressed
    }
}

/// Reads and writes job rows for the workers of all queues. Each call is one transaction.
///
/// A write that carries a claim is fenced: it throws `leaseLost` and changes nothing when the row
/// no longer has that claim. Store errors are thrown as transient failures.
package protocol JobStore: Sendable {
    /// Claims the jobs in `jobs` that wait on `queue`, are due and have at most `chunksMax` chunks.
    /// The others have stale hints, or are left for later.
    func claim(
        _ jobs: [JobID], chunksMax: Int, from queue: WorkQueue, as worker: WorkerName,
        on terms: ClaimTerms
    ) async throws(JobFailure) -> [ClaimedJob]

    /// The ids in `jobs` that do not exist.
    func missingJobs(_ jobs: [JobID]) async throws(JobFailure) -> Set<JobID>

    /// Claims due jobs on `queue`, with or without a hint. Tenants take turns.
    func claimWaiting(
        _ limits: ClaimLimits, from queue: WorkQueue, as worker: WorkerName, on terms: ClaimTerms
    ) async throws(JobFailure) -> [ClaimedJob]

    /// Extends leases, and deadlines of work that progressed; returns the claims that hold.
    func heartbeat(
        _ heartbeats: [Heartbeat], on terms: ClaimTerms
    ) async throws(JobFailure) -> Set<Claim>

    /// Moves a job through stages of its worker's own queue, with one event per stage.
    func advance(_ claim: Claim, through stages: [Stage]) async throws(JobFailure)

    /// Records a failure: the job becomes retryable or a dead letter.
    func fail(
        _ claim: Claim, _ failure: JobFailure, verdict: FailureVerdict
    ) async throws(JobFailure)

    /// Returns jobs to their queue; the attempts do not count. Lost claims are skipped.
    func release(_ claims: [Claim]) async throws(JobFailure)
}

/// Stores the results of the parse queue.
package protocol ParseJobStore: JobStore {
    /// The ticket that a parsing service issued for the document, if there is one.
    func parseTicket(
        _ claim: Claim, of provider: String
    ) async throws(JobFailure) -> String?

    /// Stores a parsing service's ticket; `nil` removes it.
    func storeParseTicket(
        _ claim: Claim, _ ticket: String?, of provider: String
    ) async throws(JobFailure)

    /// Records the parsed text and hands the job to the chunk queue.
    func completeParsing(_ claim: Claim, _ parsed: ParsedText) async throws(JobFailure)
}

/// The location and hash of a document's parsed text, and what the parser reports.
package struct ParsedText: Sendable {
    package var path: String
    package var sha256: String
    package var report: ParseReport

    package init(path: String, sha256: String, report: ParseReport) {
        self.path = path
        self.sha256 = sha256
        self.report = report
    }
}

/// Stores the results of the chunk queue.
package protocol ChunkJobStore: JobStore {
    /// Stages all chunks of a document at once, records the language of its words, and hands the
    /// job to the embed queue.
    func completeChunking(
        _ job: ClaimedJob, chunks: some RandomAccessCollection<Chunk> & Sendable,
        in language: TextLanguage, by chunker: ChunkerIdentity
    ) async throws(JobFailure)
}

/// A staged chunk that has no vector yet.
package struct PendingChunk: Sendable {
    package var ord: Int
    package var input: String

    package init(ord: Int, input: String) {
        self.ord = ord
        self.input = input
    }
}

/// Reads and stores what the embed queue needs.
package protocol EmbedJobStore: JobStore {
    /// Pins the job to one embedding space and drops vectors staged in another. Returns the job's
    /// first chunks without a vector, in order.
    func beginEmbedding(
        _ job: ClaimedJob, in space: EmbeddingSpace, limit: Int
    ) async throws(JobFailure) -> [PendingChunk]

    /// Chunks without a vector after `ord`, in order.
    func pendingChunks(
        of job: ClaimedJob, after ord: Int, limit: Int
    ) async throws(JobFailure) -> [PendingChunk]

    /// Stages vectors; a repeat is a no-op. The last ones also hand the job to the flush queue, in
    /// the same transaction, as `completeEmbedding` does.
    func stageVectors(
        _ vectors: [[Float]], ords: [Int], of job: ClaimedJob, areLast: Bool
    ) async throws(JobFailure)

    /// Hands the job to the flush queue. Fails permanently with `chunks_missing` when the staged
    /// chunks or vectors are incomplete.
    func completeEmbedding(_ job: ClaimedJob) async throws(JobFailure)
}

/// Stores the results of the flush queue.
package protocol FlushJobStore: JobStore {
    /// Moves a document's chunks into `document_chunks` and finishes the job, in one transaction.
    /// Returns the number of chunks moved.
    func flush(_ job: ClaimedJob) async throws(JobFailure) -> Int
}
