package import Domain
package import FoundationEssentials

// The bodies of responses. Keys are snake_case on the wire; times are RFC 3339 in UTC.

package struct JobRecord: Sendable, Encodable {
    package let jobId: JobID
    package let documentId: DocumentID
    package let filename: String
    package let stage: String
    package let state: String
    package let progress: Progress
    /// Claims so far at this stage.
    package let attempt: Int
    /// Failures so far.
    package let retryCount: Int
    /// When a retryable job is due again.
    package let retryAt: String?
    package let lastError: JSONValue?
    package let createdAt: String
    package let startedAt: String?
    package let finishedAt: String?
    package let updatedAt: String

    package init(
        jobId: JobID, documentId: DocumentID, filename: String, stage: String, state: String,
        progress: Progress, attempt: Int, retryCount: Int, retryAt: String?,
        lastError: JSONValue?, createdAt: String, startedAt: String?, finishedAt: String?,
        updatedAt: String
    ) {
        self.jobId = jobId
        self.documentId = documentId
        self.filename = filename
        self.stage = stage
        self.state = state
        self.progress = progress
        self.attempt = attempt
        self.retryCount = retryCount
        self.retryAt = retryAt
        self.lastError = lastError
        self.createdAt = createdAt
        self.startedAt = startedAt
        self.finishedAt = finishedAt
        self.updatedAt = updatedAt
    }

    /// The progress of a job.
    package struct Progress: Sendable, Encodable {
        /// 0…1, by stage and, during embedding, by the number of vectors.
        package let fraction: Double
        /// Number of chunks, known once the document is chunked.
        package let chunksPlanned: Int?
        package let chunksEmbedded: Int?

        /// - Parameters:
        ///   - staged: vectors in the buffer.
        package init(stage: String, state: String, planned: Int?, staged: Int) {
            chunksPlanned = planned
            guard let planned else {
                chunksEmbedded = nil
                fraction = Self.share(of: stage)
                return
            }
            let embedded = stage == "embedded" && state == "done" ? planned : staged
            chunksEmbedded = embedded
            let part = Double(embedded) / Double(max(1, planned))
            switch stage {
            case "embedded": fraction = state == "done" ? 1 : 0.95
            case "embedding": fraction = 0.4 + 0.5 * min(1, part)
            default: fraction = Self.share(of: stage)
            }
        }

        /// The progress at which each stage begins.
        private static func share(of stage: String) -> Double {
            let shares = [
                "queued": 0, "job_validated": 0.05, "parsing": 0.1, "parsed": 0.2,
                "parse_validated": 0.25, "chunking": 0.3, "chunks_buffered": 0.35,
                "embedding": 0.4, "embedded": 0.95,
            ]
            return shares[stage] ?? 0
        }
    }
}

package struct EventRecord: Sendable, Encodable {
    package let eventId: Int
    package let ts: String
    package let type: String
    package let severity: String
    package let code: String
    package let payload: JSONValue
    package let correlationId: String?

    package init(
        eventId: Int, ts: String, type: String, severity: String, code: String,
        payload: JSONValue, correlationId: String?
    ) {
        self.eventId = eventId
        self.ts = ts
        self.type = type
        self.severity = severity
        self.code = code
        self.payload = payload
        self.correlationId = correlationId
    }
}

package struct DocumentRecord: Sendable, Encodable {
    package let documentId: DocumentID
    package let filename: String
    package let mime: String
    package let bytes: Int
    package let sha256: String
    /// `queued`, `processing`, `embedded` or `failed`.
    package let status: String
    /// The job of the latest ingest.
    package let jobId: JobID
    /// Number of searchable chunks.
    package let chunks: Int
    package let createdAt: String
    package let updatedAt: String

    package init(
        documentId: DocumentID, filename: String, mime: String, bytes: Int, sha256: String,
        status: String, jobId: JobID, chunks: Int, createdAt: String, updatedAt: String
    ) {
        self.documentId = documentId
        self.filename = filename
        self.mime = mime
        self.bytes = bytes
        self.sha256 = sha256
        self.status = status
        self.jobId = jobId
        self.chunks = chunks
        self.createdAt = createdAt
        self.updatedAt = updatedAt
    }
}

package struct ChunkRecord: Sendable, Encodable {
    package let chunkId: String
    package let ord: Int
    package let text: String
    /// In cl100k tokens; absent when the chunk was measured in characters.
    package let tokens: Int?
    package let headings: [String]
    /// First and last page, or a single number when they are equal; absent without pages.
    package let pages: [Int]?
    /// Range of the chunk in the parsed text, in bytes of UTF-8.
    package let utf8Start: Int
    package let utf8End: Int

    package init(
        chunkId: String, ord: Int, text: String, tokens: Int?, headings: [String], pages: [Int]?,
        utf8Start: Int, utf8End: Int
    ) {
        self.chunkId = chunkId
        self.ord = ord
        self.text = text
        self.tokens = tokens
        self.headings = headings
        self.pages = pages
        self.utf8Start = utf8Start
        self.utf8End = utf8End
    }
}

package struct SearchHit: Sendable, Encodable {
    package let documentId: DocumentID
    package let filename: String
    package let mime: String
    package let chunkId: String
    package let ord: Int
    package let text: String
    package let headings: [String]
    package let pages: [Int]?
    /// Sum of 1 / (60 + rank) over the rankings that contain the chunk.
    package let score: Double
    /// Rank by meaning, from 1; absent when that ranking does not contain the chunk.
    package let vectorRank: Int?
    /// Rank by words, from 1; absent when that ranking does not contain the chunk.
    package let textRank: Int?

    package init(
        documentId: DocumentID, filename: String, mime: String, chunkId: String, ord: Int,
        text: String, headings: [String], pages: [Int]?, score: Double, vectorRank: Int?,
        textRank: Int?
    ) {
        self.documentId = documentId
        self.filename = filename
        self.mime = mime
        self.chunkId = chunkId
        self.ord = ord
        self.text = text
        self.headings = headings
        self.pages = pages
        self.score = score
        self.vectorRank = vectorRank
        self.textRank = textRank
    }
}

package struct PipelineRecord: Sendable, Encodable {
    package let counts: [Count]
    /// Seconds that the longest-waiting job has been claimable; absent when none waits.
    package let oldestWaitingSeconds: Double?
    /// Average over the last five minutes.
    package let finishedPerMinute: Double
    package let deadletteredPerMinute: Double
    /// Provider health as the running programs report it.
    package let providers: [Provider]
    /// Free bytes of the document storage; absent for a bucket.
    package var storageFreeBytes: Int?

    package init(
        counts: [Count], oldestWaitingSeconds: Double?, finishedPerMinute: Double,
        deadletteredPerMinute: Double, providers: [Provider]
    ) {
        self.providers = providers
        self.counts = counts
        self.oldestWaitingSeconds = oldestWaitingSeconds
        self.finishedPerMinute = finishedPerMinute
        self.deadletteredPerMinute = deadletteredPerMinute
    }

    package struct Provider: Sendable, Encodable {
        package let name: String
        /// Circuit breaker state: `closed` (in use), `open` (not called) or `half_open` (probing).
        package let health: String
        /// Number of programs that report this state.
        package let programs: Int
        /// The last error; absent when closed.
        package let reason: String?
        package let reopensAt: Date?

        package init(
            name: String, health: String, programs: Int, reason: String?, reopensAt: Date?
        ) {
            self.name = name
            self.health = health
            self.programs = programs
            self.reason = reason
            self.reopensAt = reopensAt
        }
    }

    package struct Count: Sendable, Encodable {
        package let stage: String
        package let state: String
        package let jobs: Int

        package init(stage: String, state: String, jobs: Int) {
            self.stage = stage
            self.state = state
            self.jobs = jobs
        }
    }
}
