import FoundationEssentials

/// The subject of a `DocumentID`.
package enum Document {}

/// The subject of a `JobID`.
package enum Job {}

/// A worker's proof that it owns a job, against any worker that claimed it before.
///
/// The token is random, so it stays unique even after a database failover that loses commits.
package struct Claim: Hashable, Sendable {
    package let job: JobID
    package let token: ClaimID

    package init(job: JobID, token: ClaimID) {
        self.job = job
        self.token = token
    }
}

/// A job as returned by a claim.
package struct ClaimedJob: Sendable {
    package var claim: Claim
    package var queue: WorkQueue
    package var stage: Stage
    package var document: DocumentID
    package var tenant: TenantID
    package var generation: Int
    /// 1 at the first claim on this queue; counted at the claim, not at its end.
    package var attempt: Int
    package var attemptsMax: Int
    package var filename: String
    package var mime: String
    package var byteCount: Int
    package var fileSHA256: String
    package var rawPath: String
    package var parsedPath: String?
    package var parsedSHA256: String?
    package var expectedChunks: Int?
    package var correlation: String?

    package init(
        claim: Claim, queue: WorkQueue, stage: Stage, document: DocumentID, tenant: TenantID,
        generation: Int, attempt: Int, attemptsMax: Int, filename: String, mime: String,
        byteCount: Int, fileSHA256: String, rawPath: String, parsedPath: String? = nil,
        parsedSHA256: String? = nil, expectedChunks: Int? = nil, correlation: String? = nil
    ) {
        self.claim = claim
        self.queue = queue
        self.stage = stage
        self.document = document
        self.tenant = tenant
        self.generation = generation
        self.attempt = attempt
        self.attemptsMax = attemptsMax
        self.filename = filename
        self.mime = mime
        self.byteCount = byteCount
        self.fileSHA256 = fileSHA256
        self.rawPath = rawPath
        self.parsedPath = parsedPath
        self.parsedSHA256 = parsedSHA256
        self.expectedChunks = expectedChunks
        self.correlation = correlation
    }
}
