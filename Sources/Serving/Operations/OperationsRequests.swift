import Domain
import FoundationEssentials
import Hummingbird
import Operating

/// The parameters of an operator's query.
struct OperationsQuery {
    private let request: Request

    init(_ request: Request) { self.request = request }

    private func text(_ name: Substring) -> Substring? {
        request.uri.queryParameters[name]
    }

    var filter: DeadLetterFilter {
        get throws(Problem) {
            DeadLetterFilter(
                code: try text("code").map { code throws(Problem) in
                    try DeadLetterRequest.checked(code: String(code))
                },
                stage: try text("stage").map { stage throws(Problem) in
                    try DeadLetterRequest.checked(stage: String(stage))
                },
                tenant: try tenant)
        }
    }

    var tenant: TenantID? {
        get throws(Problem) {
            guard let text = text("tenant") else { return nil }
            guard let tenant = TenantID(text) else { throw .invalidTenant }
            return tenant
        }
    }

    var grouping: SpendGrouping? {
        get throws(Problem) {
            guard let text = text("by") else { return nil }
            guard let grouping = SpendGrouping(rawValue: String(text)) else {
                let all = SpendGrouping.allCases.map(\.rawValue).joined(separator: ", ")
                throw Problem(.byInvalid, "'by' must be one of \(all).")
            }
            return grouping
        }
    }

    /// A number of seconds, at most a hundred years.
    func seconds(_ name: Substring) throws(Problem) -> Duration? {
        guard let text = text(name) else { return nil }
        guard let seconds = Int(text), let window = Duration.window(seconds: seconds) else {
            throw .invalidWindow
        }
        return window
    }
}

/// The body of a redrive or a purge.
struct DeadLetterRequest: Decodable {
    let jobs: [JobID]?
    let filter: Filter?
    let all: Bool?
    let failedBefore: String?
    let limit: Int?
    let dryRun: Bool?

    struct Filter: Decodable {
        let code: String?
        let stage: String?
        let tenant: TenantID?

        private enum CodingKeys: String, CodingKey, CaseIterable {
            case code, stage, tenant
        }

        init(from decoder: any Decoder) throws {
            try decoder.refuseFields(besides: CodingKeys.self)
            let filter = try decoder.container(keyedBy: CodingKeys.self)
            code = try filter.decodeIfPresent(String.self, forKey: .code)
            stage = try filter.decodeIfPresent(String.self, forKey: .stage)
            tenant = try filter.decodeIfPresent(TenantID.self, forKey: .tenant)
        }

        var isEmpty: Bool { code == nil && stage == nil && tenant == nil }
    }

    private enum CodingKeys: String, CodingKey, CaseIterable {
        case jobs, filter, all, limit
        case failedBefore = "failed_before"
        case dryRun = "dry_run"
    }

    static let bytesMax = 64 << 10
    private static let jobsMax = 1000

    /// Refuses unknown fields: a purge cannot be undone, and a misspelt one would widen it.
    init(from decoder: any Decoder) throws {
        try decoder.refuseFields(besides: CodingKeys.self)
        let body = try decoder.container(keyedBy: CodingKeys.self)
        jobs = try body.decodeIfPresent([JobID].self, forKey: .jobs)
        filter = try body.decodeIfPresent(Filter.self, forKey: .filter)
        all = try body.decodeIfPresent(Bool.self, forKey: .all)
        failedBefore = try body.decodeIfPresent(String.self, forKey: .failedBefore)
        limit = try body.decodeIfPresent(Int.self, forKey: .limit)
        dryRun = try body.decodeIfPresent(Bool.self, forKey: .dryRun)
    }

    /// Exactly one of jobs, filter and all.
    var selection: DeadLetterFilter {
        get throws(Problem) {
            var selected: DeadLetterFilter
            switch (jobs, filter, all ?? false) {
            case (let jobs?, nil, false):
                guard (1...Self.jobsMax).contains(jobs.count) else {
                    throw Self.invalid("'jobs' must contain 1 to \(Self.jobsMax) ids.")
                }
                selected = DeadLetterFilter(jobs: jobs)
            case (nil, let filter?, false):
                guard !filter.isEmpty else {
                    throw Self.invalid(
                        "'filter' must contain 'code', 'stage' or 'tenant'. For every dead letter "
                            + "send 'all': true.")
                }
                selected = DeadLetterFilter(
                    code: try filter.code.map(Self.checked(code:)),
                    stage: try filter.stage.map(Self.checked(stage:)), tenant: filter.tenant)
            case (nil, nil, true): selected = DeadLetterFilter()
            default:
                throw Self.invalid("Send exactly one of 'jobs', 'filter' and 'all': true.")
            }
            selected.failedBefore = try failedBefore.map { text throws(Problem) in
                guard let time = Date(rfc3339: text) else {
                    throw Self.invalid(
                        "'failed_before' must be a time such as 2026-01-31T12:00:00Z.")
                }
                return time
            }
            return selected
        }
    }

    var checkedLimit: Int {
        get throws(Problem) {
            let limit = limit ?? 1000
            guard (1...1000).contains(limit) else {
                throw Problem(.limitInvalid, "'limit' must be between 1 and 1000.")
            }
            return limit
        }
    }

    static func checked(code: String) throws(Problem) -> String {
        let isPrintable = code.unicodeScalars.allSatisfy { $0.value >= 32 && $0.value != 127 }
        guard isPrintable, (1...200).contains(code.utf8.count) else {
            throw Problem(
                .codeInvalid,
                "'code' must be 1 to 200 bytes without control characters.")
        }
        return code
    }

    static func checked(stage: String) throws(Problem) -> Stage {
        guard let stage = Stage(rawValue: stage) else {
            let all = Stage.allCases.map(\.rawValue).joined(separator: ", ")
            throw Problem(.stageInvalid, "'stage' must be one of \(all).")
        }
        return stage
    }

    private static func invalid(_ detail: String) -> Problem {
        Problem(.selectionInvalid, detail)
    }
}

/// The body of an audit.
struct AuditRequest: Decodable {
    let windowSeconds: Int?
    let all: Bool?
    let blobs: Bool?

    static let bytesMax = 4096

    private enum CodingKeys: String, CodingKey, CaseIterable {
        case windowSeconds = "window_seconds"
        case all, blobs
    }

    /// Refuses unknown fields: a misspelt one would check less than was requested.
    init(from decoder: any Decoder) throws {
        try decoder.refuseFields(besides: CodingKeys.self)
        let body = try decoder.container(keyedBy: CodingKeys.self)
        windowSeconds = try body.decodeIfPresent(Int.self, forKey: .windowSeconds)
        all = try body.decodeIfPresent(Bool.self, forKey: .all)
        blobs = try body.decodeIfPresent(Bool.self, forKey: .blobs)
    }

    var scope: AuditScope {
        get throws(Problem) {
            let includesBlobs = blobs ?? false
            if all ?? false {
                guard windowSeconds == nil else {
                    throw Problem(
                        .windowInvalid,
                        "Send either 'window_seconds' or 'all': true.")
                }
                return AuditScope(window: nil, includesBlobs: includesBlobs)
            }
            guard let window = Duration.window(seconds: windowSeconds ?? 3600) else {
                throw .invalidWindow
            }
            return AuditScope(window: window, includesBlobs: includesBlobs)
        }
    }
}

extension Duration {
    /// `nil` unless it is between a second and a hundred years.
    fileprivate static func window(seconds: Int) -> Duration? {
        (1...3_155_760_000).contains(seconds) ? .seconds(seconds) : nil
    }
}
