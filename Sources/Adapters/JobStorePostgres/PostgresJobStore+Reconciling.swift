package import Domain
import FoundationEssentials
package import Pipeline
import Postgres
package import Reconciling

extension PostgresJobStore: ReconcileStore {
    package func renotify(limit: Int) async throws(StageFailure) -> [DueHint] {
        try hints(await query(Query.renotify(limit)))
    }

    package func resumeDueRetries(limit: Int) async throws(StageFailure) -> [DueHint] {
        try hints(await query(Query.retriesDue(limit)))
    }

    package func expireLeases(limit: Int, retry: RetryPolicy) async throws(StageFailure) -> Int {
        try await query(
            Query.expireLeases(limit, retry.base.inSeconds, retry.cap.inSeconds)
        ).count
    }

    package func expireDeadlines(
        limit: Int, retry: RetryPolicy
    ) async throws(StageFailure) -> Int {
        try await query(
            Query.expireDeadlines(limit, retry.base.inSeconds, retry.cap.inSeconds)
        ).count
    }

    package func deleteOrphanRows(limit: Int) async throws(StageFailure) -> Int {
        try await query(Query.orphanVectors(limit)).affectedRows
            + query(Query.orphanTexts(limit)).affectedRows
    }

    package func referenced(
        _ blobs: [BlobPath]
    ) async throws(StageFailure) -> Set<BlobPath> {
        let rows = try await query(
            Query.referencedBlobs(blobs.map(\.document.uuid), blobs.map(\.description)))
        let paths: [String] = try decode(rows) { try $0.decode(0) }
        return Set(paths.compactMap { BlobPath($0) })
    }

    package func audit() async throws(StageFailure) -> [Breach] {
        try decode(await query(Query.audit())) { row in
            Breach(
                invariant: try row.decode(0), subject: try row.decode(1),
                detail: try row.decode(2))
        }
    }

    package func gauges() async throws(StageFailure) -> PipelineGauges {
        let counts = try await decode(query(Query.gauges())) { row -> (Position, Int)? in
            guard let stage = Stage(rawValue: try row.decode(0)),
                let state = JobState(rawValue: try row.decode(1))
            else { return nil }
            return (Position(stage, state), try row.decode(2))
        }
        let waits = try await decode(query(Query.oldestWaiting())) { row -> (WorkQueue, Double)? in
            guard let queue = WorkQueue(rawValue: try row.decode(0)) else { return nil }
            return (queue, try row.decode(1))
        }
        return PipelineGauges(
            jobs: Dictionary(uniqueKeysWithValues: counts.compactMap(\.self)),
            oldestWaitingSeconds: Dictionary(uniqueKeysWithValues: waits.compactMap(\.self)))
    }

    private func hints(_ rows: PostgresRows) throws(StageFailure) -> [DueHint] {
        try decode(rows) { row in
            let name: String = try row.decode(1)
            guard let queue = WorkQueue(rawValue: name) else {
                throw StageFailure.permanent("unknown_queue", "'\(name)' is no queue")
            }
            return DueHint(job: JobID(try row.decode(0)), queue: queue)
        }
    }
}
