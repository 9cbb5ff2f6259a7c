/// A refusal of the API (RFC 9457).
struct Problem: Decodable {
    let title: String?
    let detail: String?
    let code: String?
}

/// The response to an upload.
struct Upload: Decodable {
    let documentId: String
    let jobId: String
    /// Whether the tenant already had these bytes.
    let duplicate: Bool?
}

struct JobStatus: Decodable {
    let jobId: String
    let documentId: String
    let filename: String?
    let stage: String
    let state: String
    let progress: JobProgress?
    let attempt: Int?
    let lastError: JobError?

    struct JobError: Decodable {
        let errorType: String?
        let message: String?
    }

    /// Whether only a redrive could still change the job.
    var isEnded: Bool { isDead || (stage == "embedded" && state == "done") }
    var isDead: Bool { state == "deadletter" }
}

/// The progress of a job, 0 to 1, decoded from a number or from counts of chunks.
struct JobProgress: Decodable {
    let fraction: Double

    init(from decoder: any Decoder) throws {
        if let number = try? decoder.singleValueContainer().decode(Double.self) {
            fraction = number
            return
        }
        let counts = try decoder.container(keyedBy: Key.self)
        if let number = try counts.decodeIfPresent(Double.self, forKey: .fraction) {
            fraction = number
        } else {
            let done = try counts.decodeIfPresent(Double.self, forKey: .done) ?? 0
            let total = try counts.decodeIfPresent(Double.self, forKey: .total) ?? 0
            fraction = total > 0 ? done / total : 0
        }
    }

    private enum Key: String, CodingKey { case fraction, done, total }
}

struct EventList: Decodable {
    let events: [Event]

    struct Event: Decodable {
        let ts: String
        let type: String
        let severity: String
        let code: String
        let payload: Payload?
    }

    struct Payload: Decodable {
        let fromStage: String?
        let fromState: String?
        let toStage: String?
        let toState: String?
        let attempt: Int?
        let worker: String?
        let error: JobStatus.JobError?
    }
}

struct PipelineStatus: Decodable {
    let counts: [Count]
    let oldestWaitingSeconds: Double?
    let providers: [Provider]
    let storageFreeBytes: Int?

    struct Provider: Decodable {
        let name: String
        let health: String
        let programs: Int
        let reason: String?
    }

    struct Count: Decodable {
        let stage: String
        let state: String
        let jobs: Int
    }
}

struct SearchQuery: Encodable {
    let query: String
    let k: Int
    let mode: String
}

struct SearchAnswer: Decodable {
    let results: [Result]

    struct Result: Decodable {
        let documentId: String
        let filename: String
        let text: String
        let headings: [String]?
        let pages: [Int]?
        let score: Double
    }
}
