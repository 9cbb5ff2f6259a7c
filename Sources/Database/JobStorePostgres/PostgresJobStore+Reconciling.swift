package import Domain
import FoundationEssentials
package import Operating
package import Pipeline
import Postgres
package import Reconciling

extension PostgresJobStore: ReconcileStore, BlobNames {
    package func idleQueues() async throws(JobFailure) -> [WorkQueue] {
        try decode(await query(Query.idleQueues())) { try self.queue(try $0.decode(0)) }
    }

    package func resendHints(
        _ queues: [WorkQueue], limit: Int
    ) async throws(JobFailure) -> [DueHint] {
        try hints(await query(Query.resendHints(queues.map(\.rawValue), limit)))
    }

    package func resumeDueRetries(limit: Int) async throws(JobFailure) -> [DueHint] {
        try hints(await query(Query.resumeRetries(limit)))
    }

    package func expireLeases(limit: Int, retry: RetryPolicy) async throws(JobFailure) -> Int {
        try await expireClaims(.leaseExpired, limit: limit, retry: retry)
    }

    package func lostSessions() async throws(JobFailure) -> Set<Int64> {
        Set(try decode(await query(Query.lostSessions())) { try $0.decode(0) })
    }

    package func endDeadClaims(
        of sessions: Set<Int64>, limit: Int, retry: RetryPolicy
    ) async throws(JobFailure) -> Int {
        try await query(
            Query.endDeadClaims(
                Array(sessions), limit, retry.base.inSeconds, retry.cap.inSeconds)
        ).count
    }

    package func expireDeadlines(
        limit: Int, retry: RetryPolicy
    ) async throws(JobFailure) -> Int {
        try await expireClaims(.deadlineExceeded, limit: limit, retry: retry)
    }

    private func expireClaims(
        _ code: WorkerFailure, limit: Int, retry: RetryPolicy
    ) async throws(JobFailure) -> Int {
        try await query(
            Query.expireClaims(code.rawValue, limit, retry.base.inSeconds, retry.cap.inSeconds)
        ).count
    }

    package func deleteOrphanRows(
        after last: StagedDocument?, limit: Int
    ) async throws(JobFailure) -> (deleted: Int, last: StagedDocument?) {
        let rows = try await query(
            Query.deleteOrphanRows(last?.document.uuid, last?.generation, limit))
        let pages = try decode(rows) { row in
            (
                try row.decode(0, as: Int.self),
                StagedDocument(
                    document: DocumentID(try row.decode(1)), generation: try row.decode(2))
            )
        }
        return (pages.first?.0 ?? 0, pages.first?.1)
    }

    package func referenced(
        _ blobs: [BlobPath]
    ) async throws(JobFailure) -> Set<BlobPath> {
        let rows = try await query(
            Query.referencedBlobs(blobs.map(\.document.uuid), blobs.map(\.description)))
        let paths: [String] = try decode(rows) { try $0.decode(0) }
        return Set(paths.compactMap { BlobPath($0) })
    }

    package func blobsAreHeld() async throws(JobFailure) -> Bool {
        let held: [Bool] = try decode(await query(Query.blobsAreHeld())) { try $0.decode(0) }
        return held.first ?? false
    }

    package func audit(of window: Duration) async throws(JobFailure) -> [Breach] {
        var found = BreachList()
        found.add(try breaches(await query(Query.auditBounds())))
        try await pool.runOnConnection { connection in
            try await eachTouched(of: window, on: connection) { documents, jobs in
                for statement in [
                    Query.auditAcceptance(documents), Query.auditHistory(jobs),
                    Query.auditChunks(documents),
                ] {
                    found.add(try breaches(try await connection.query(statement)))
                }
            }
        }
        return found.breaches
    }

    /// Maximum documents per audit statement.
    private static let auditedAtOnce = 256

    /// Calls `body` with the recently changed documents and their jobs, page by page.
    private func eachTouched(
        of window: Duration, on connection: PostgresConnection,
        _ body: (_ documents: [UUID], _ jobs: [UUID]) async throws -> Void
    ) async throws {
        let touched = Query.auditTouched(window.inSeconds)
        try await connection.eachPage(of: touched, rows: Self.auditedAtOnce) { page in
            let documents: [UUID] = try page.map { try $0.decode(0) }
            let jobs: [UUID?] = try page.map { try $0.decodeIfPresent(1) }
            try await body(Array(Set(documents)), Array(Set(jobs.compactMap(\.self))))
        }
    }

    package func eachNamedBlob(
        _ body: ([String]) async throws(JobFailure) -> Void
    ) async throws(JobFailure) {
        try await pool.runOnConnection { connection in
            try await connection.eachPage(of: Query.namedBlobs(), rows: 1000) { page in
                try await body(try page.map { try $0.decode(0) })
            }
        }
    }

    private func breaches(_ rows: PostgresRows) throws(JobFailure) -> [Breach] {
        try decode(rows) { row in
            guard let invariant = Invariant(rawValue: try row.decode(0)) else {
                throw JobFailure.schemaMismatch("the audit reports an unknown invariant")
            }
            return Breach(
                invariant: invariant, subject: try row.decode(1), detail: try row.decode(2))
        }
    }

    package func forgetExpired() async throws(JobFailure) {
        _ = try await query(Query.deleteExpiredProviderStates())
        _ = try await query(Query.deleteExpiredParseEvents())
        _ = try await query(Query.deleteExpiredKeys())
    }

    package func gauges() async throws(JobFailure) -> PipelineGauges {
        do {
            return try await readGauges()
        } catch {
            throw JobFailure(store: error)
        }
    }

    /// The gauges, with the database's own errors.
    package func readGauges() async throws -> PipelineGauges {
        let counts = try await pool.query(Query.gauges()).map { row -> (Position, Int)? in
            guard let stage = Stage(rawValue: try row.decode(0)),
                let state = JobState(rawValue: try row.decode(1))
            else { return nil }
            return (Position(stage, state), try row.decode(2))
        }
        let waits = try await pool.query(Query.oldestWaiting()).map {
            row -> (WorkQueue, Double)? in
            guard let queue = WorkQueue(rawValue: try row.decode(0)) else { return nil }
            return (queue, try row.decode(1))
        }
        return PipelineGauges(
            jobs: Dictionary(uniqueKeysWithValues: counts.compactMap(\.self)),
            oldestWaitingSeconds: Dictionary(uniqueKeysWithValues: waits.compactMap(\.self)))
    }

    private func hints(_ rows: PostgresRows) throws(JobFailure) -> [DueHint] {
        try decode(rows) { row in
            DueHint(
                job: JobID(try row.decode(0)), queue: try self.queue(try row.decode(1)))
        }
    }

    private func queue(_ name: String) throws(JobFailure) -> WorkQueue {
        guard let queue = WorkQueue(rawValue: name) else {
            throw .schemaMismatch("'\(name)' is not a queue")
        }
        return queue
    }
}

/// Breaches, limited to `max` per invariant.
private struct BreachList {
    private(set) var breaches: [Breach] = []
    private var counts: [Invariant: Int] = [:]

    private static let max = 100

    mutating func add(_ fresh: [Breach]) {
        for breach in fresh where counts[breach.invariant, default: 0] < Self.max {
            counts[breach.invariant, default: 0] += 1
            breaches.append(breach)
        }
    }
}
