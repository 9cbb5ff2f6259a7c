import Domain
import FoundationEssentials
import JobModel
import Pipeline

/// A document that a client uploads.
struct Submission: Sendable {
    enum Kind: Sendable {
        case healthy
        /// Kills every parser that touches it.
        case poison
        /// No parser can read it.
        case unreadable
    }

    var document: DocumentID
    var job: JobID
    let tenant: TenantID
    let bytes: [UInt8]
    let sha256: String
    let kind: Kind

    var rawPath: BlobPath {
        BlobPath(kind: .raw, tenant: tenant, document: document, fileExtension: "md")
    }
}

/// The rows of the simulated database.
struct Tables {
    struct Event: Hashable {
        var from: Position?
        var to: Position
        /// The token of the claim that made the transition; `nil` for a transition without one.
        var token: ClaimID?
    }

    struct SearchableChunk: Hashable {
        var ord: Int
        var input: String
        var vector: Int
    }

    struct Job {
        let submission: Submission
        var row: JobRow
        /// The process of the last claim.
        var holder: SimulatedProcess?
        var parsed: ParsedText?
        var expectedChunks: Int?
        var space: EmbeddingSpace?
        var texts: [Chunk] = []
        /// A fingerprint of each staged vector, by chunk.
        var vectors: [Int: Int] = [:]
        var searchable: [SearchableChunk] = []
        var events: [Event] = []

        var isBuffered: Bool { !texts.isEmpty || !vectors.isEmpty }
    }

    private var rows: [JobID: Job] = [:]
    /// In the order of acceptance.
    private(set) var order: [JobID] = []

    var all: [Job] { order.compactMap { rows[$0] } }
    subscript(job: JobID) -> Job? { rows[job] }

    /// Due jobs of a queue, in the order of acceptance.
    func waiting(on queue: WorkQueue, at now: Duration) -> [Job] {
        all.filter { $0.row.dueQueue(at: now) == queue }
    }

    /// Accepts an upload and returns its job: the existing one if the tenant has these bytes.
    mutating func insert(_ submission: Submission, at now: Duration) -> JobID {
        let known = all.first {
            $0.submission.sha256 == submission.sha256 && $0.submission.tenant == submission.tenant
        }
        if let known { return known.submission.job }
        var job = Job(submission: submission, row: JobRow(acceptedAt: now))
        job.events = [Event(from: nil, to: job.row.position)]
        rows[submission.job] = job
        order.append(submission.job)
        return submission.job
    }

    /// Changes one job by a rule and writes the event. Returns whether the rule applied.
    @discardableResult
    mutating func change(
        _ job: JobID, as token: ClaimID? = nil, _ rule: (inout Job) -> Bool
    ) -> Bool {
        guard var changed = rows[job] else { return false }
        let from = changed.row.position
        guard rule(&changed) else { return false }
        if changed.row.position != from {
            changed.events.append(Event(from: from, to: changed.row.position, token: token))
        }
        rows[job] = changed
        return true
    }

    /// Changes and returns the jobs to which a rule applies, at most `limit`.
    mutating func changeAll(limit: Int, _ rule: (inout Job) -> Bool) -> [JobID] {
        var changed: [JobID] = []
        for job in order where changed.count < limit {
            if change(job, rule) { changed.append(job) }
        }
        return changed
    }
}
