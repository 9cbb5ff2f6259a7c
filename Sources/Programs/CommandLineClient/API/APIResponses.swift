import Domain

// Responses of the API (docs/openapi.yaml), limited to what the command line shows.

/// A refusal of the API (RFC 9457).
struct ProblemResponse: Decodable {
    let title: String?
    let detail: String?
    let code: String?
}

/// The response to an upload.
struct UploadResponse: Decodable {
    let documentId: DocumentID
    let jobId: JobID
    /// Whether the tenant already had these bytes.
    let duplicate: Bool?
}

struct DocumentsResponse: Decodable {
    let documents: [DocumentResponse]
    let next: String?
}

struct DocumentResponse: Decodable {
    let documentId: DocumentID
    let filename: String
    let mime: String
    let bytes: Int
    let status: String
    let jobId: JobID
    let chunks: Int
    let createdAt: String
    /// `nil` until the document is parsed.
    let parseReport: ParseReport?

    struct ParseReport: Decodable {
        let parser: String
        let pages: Int?
        let pagesRead: Int?
        let pagesByOcr: Int?
        let encoding: String?
        let warnings: [Warning]
    }

    struct Warning: Decodable {
        let code: String
        let count: Int
        let page: Int?
    }
}

struct JobResponse: Decodable {
    let jobId: JobID
    let documentId: DocumentID
    let filename: String?
    let stage: Stage
    let state: JobState
    let progress: Progress
    let lastError: JobError?

    struct Progress: Decodable {
        /// 0 to 1.
        let fraction: Double
    }

    struct JobError: Decodable {
        let errorType: String?
        let message: String?
    }

    var position: Position { Position(stage, state) }
}

struct EventsResponse: Decodable {
    let events: [Event]
    let next: String?

    struct Event: Decodable {
        let ts: String
        let code: String
        let payload: Payload?
    }

    struct Payload: Decodable {
        let toStage: String?
        let toState: String?
        let attempt: Int?
        let worker: String?
        let by: String?
        let requestedBy: String?
        let error: JobResponse.JobError?
    }
}

/// The counts of `GET /v1/pipeline`.
struct PipelineResponse: Decodable {
    let counts: [PositionCount]
}

struct PositionCount: Decodable {
    let stage: Stage
    let state: JobState
    let jobs: Int

    var position: Position { Position(stage, state) }
}

/// `GET /v1/operations/status`
struct StatusResponse: Decodable {
    let counts: [PositionCount]
    let queues: [Queue]
    let providers: [Provider]
    let storageFreeBytes: Int?

    struct Queue: Decodable {
        let queue: WorkQueue
        let oldestWaitingSeconds: Double
    }

    struct Provider: Decodable {
        let name: String
        let health: String
        let programs: Int
        let reason: String?
    }
}

struct DeadLettersResponse: Decodable {
    let deadLetters: [DeadLetterResponse]
    let next: String?
}

struct DeadLetterResponse: Decodable {
    let jobId: JobID
    let documentId: DocumentID
    let tenantId: TenantID
    let filename: String
    let mime: String
    let bytes: Int
    let stage: Stage
    let attempts: Int
    let attemptsMax: Int
    let code: String
    let message: String
    let uploadedAt: String
    let failedAt: String
}

struct CausesResponse: Decodable {
    let causes: [Cause]

    struct Cause: Decodable {
        let code: String
        let stage: Stage
        let jobs: Int
        let firstFailedAt: String
        let lastFailedAt: String
        let lastMessage: String
    }
}

/// The effect of a redrive or a purge.
struct OutcomeResponse: Codable {
    let dryRun: Bool
    let matched: Int
    let changed: Int
    let asOf: String
}

struct SpendResponse: Decodable {
    let sums: [Sum]

    struct Sum: Decodable {
        let key: String
        let calls: Int
        let units: Int
        let tokens: Int
        let wastedTokens: Int
        let failedCalls: Int
        let unknownCalls: Int
    }
}

struct AuditResponse: Decodable {
    let isSound: Bool
    let invariants: [Finding]
    let blobs: Blobs?

    struct Finding: Decodable {
        let promise: String
        let breaches: [Row]
    }

    struct Row: Decodable {
        let subject: String
        let detail: String
    }

    struct Blobs: Decodable {
        let named: Int
        let missingCount: Int
        let missing: [String]
    }
}

struct SearchResponse: Decodable {
    let results: [Result]

    struct Result: Decodable {
        let filename: String
        let text: String
        let headings: [String]?
        let pages: [Int]?
        let score: Double
        /// `nil` unless the request asked for it.
        let explanation: Explanation?
    }

    struct Explanation: Decodable {
        let cosineSimilarity: Double?
        let bm25: Double?
    }
}
