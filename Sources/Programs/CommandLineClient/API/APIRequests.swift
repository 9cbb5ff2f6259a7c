import Domain

// Bodies of requests to the API (docs/openapi.yaml).

struct SearchRequest: Encodable {
    let query: String
    let k: Int
    let mode: String
    let onePerDocument: Bool
    let explain: Bool
}

/// The body of a redrive or a purge.
struct DeadLetterRequest: Encodable {
    struct Filter: Encodable {
        var code: String?
        var stage: Stage?
        var tenant: TenantID?
    }

    var jobs: [JobID]?
    var filter: Filter?
    var all: Bool?
    var failedBefore: String?
    var dryRun = false
}

struct AuditRequest: Encodable {
    var windowSeconds: Int?
    var all: Bool?
    var blobs: Bool
}
