import Concurrency
package import Domain
import FoundationEssentials
package import Pipeline
import Postgres

extension PostgresJobStore: JobStore {
    package func claim(
        _ jobs: [JobID], chunksMax: Int = .max, from queue: WorkQueue, as worker: WorkerName,
        on terms: ClaimTerms
    ) async throws(JobFailure) -> [ClaimedJob] {
        guard !jobs.isEmpty else { return [] }
        let rows = try await query(
            Query.claim(
                jobs.map(\.uuid), queue.rawValue, worker, terms.lease.inSeconds,
                terms.deadline.inSeconds, chunksMax, session?.heldKey))
        return try await claimedJobs(rows, queue)
    }

    package func missingJobs(_ jobs: [JobID]) async throws(JobFailure) -> Set<JobID> {
        let rows = try await query(Query.missingJobs(jobs.map(\.uuid)))
        return Set(try decode(rows) { JobID(try $0.decode(0)) })
    }

    package func claimWaiting(
        _ limits: ClaimLimits, from queue: WorkQueue, as worker: WorkerName, on terms: ClaimTerms
    ) async throws(JobFailure) -> [ClaimedJob] {
        let rows = try await query(
            Query.claimWaiting(
                limits.jobs, queue.rawValue, worker, terms.lease.inSeconds,
                terms.deadline.inSeconds, limits.chunksMax, limits.excluded.map(\.uuid),
                limits.lastTurn.uuid, session?.heldKey))
        return try await claimedJobs(rows, queue)
    }

    package func heartbeat(
        _ heartbeats: [Heartbeat], on terms: ClaimTerms
    ) async throws(JobFailure) -> Set<Claim> {
        var held: Set<Claim> = []
        var rest = heartbeats
        // Most locks on a job's row last for milliseconds. A row that stays locked is being
        // written.
        for attempt in 0..<Self.heartbeatAttempts where !rest.isEmpty {
            if attempt > 0 {
                do {
                    try await Task.sleep(for: .milliseconds(100))
                } catch {
                    break
                }
            }
            let (extended, skipped) = try await extend(rest, on: terms)
            held.formUnion(extended)
            held.formUnion(skipped)
            rest = rest.filter { skipped.contains($0.claim) }
        }
        return held
    }

    private static let heartbeatAttempts = 3

    /// Returns the claims that hold: extended ones, and ones skipped for a row lock.
    private func extend(
        _ heartbeats: [Heartbeat], on terms: ClaimTerms
    ) async throws(JobFailure) -> (extended: Set<Claim>, skipped: Set<Claim>) {
        let rows = try await query(
            Query.heartbeat(
                heartbeats.map(\.claim.job.uuid), heartbeats.map(\.claim.token.uuid),
                heartbeats.map(\.hasProgressed), terms.lease.inSeconds,
                terms.deadline.inSeconds))
        var (extended, skipped): (Set<Claim>, Set<Claim>) = ([], [])
        let claims = try decode(rows) { row in
            (
                Claim(job: JobID(try row.decode(0)), token: ClaimID(try row.decode(1))),
                try row.decode(2, as: Bool.self)
            )
        }
        for (claim, isExtended) in claims {
            if isExtended { extended.insert(claim) } else { skipped.insert(claim) }
        }
        return (extended, skipped)
    }

    package func advance(_ claim: Claim, through stages: [Stage]) async throws(JobFailure) {
        try await writes.advances(Advance(claim: claim, stages: stages))
    }

    package func fail(
        _ claim: Claim, _ failure: JobFailure, verdict: FailureVerdict
    ) async throws(JobFailure) {
        let (state, delay, isAttempt): (JobState, Duration, Bool)
        switch verdict {
        case .abandon: return
        case .deadletter: (state, delay, isAttempt) = (.deadletter, .zero, true)
        case .retry(let after, let counts): (state, delay, isAttempt) = (.retryable, after, counts)
        }
        let rows = try await query(
            Query.fail(
                claim.job.uuid, claim.token.uuid, state.rawValue, failure.code.rawValue,
                String(failure.message.prefix(2000)), delay.inSeconds, isAttempt))
        guard !rows.isEmpty else { throw .leaseLost(claim.job) }
    }

    package func release(_ claims: [Claim]) async throws(JobFailure) {
        _ = try await query(Query.release(claims.map(\.job.uuid), claims.map(\.token.uuid)))
    }

    /// The claimed jobs. One whose row does not decode waits; the others are returned.
    private func claimedJobs(
        _ rows: PostgresRows, _ queue: WorkQueue
    ) async throws(JobFailure) -> [ClaimedJob] {
        let outcomes = try decode(rows) { row in
            let claim = Claim(job: JobID(try row.decode(0)), token: ClaimID(try row.decode(1)))
            return (claim, Result { try claimedJob(row, of: claim, from: queue) })
        }
        var jobs: [ClaimedJob] = []
        for (claim, outcome) in outcomes {
            switch outcome {
            case .success(let job): jobs.append(job)
            case .failure(let error): await postpone(claim, JobFailure(store: error))
            }
        }
        return jobs
    }

    /// Records why a claimed job cannot be worked on yet. If that fails, its claim ends with the
    /// lease.
    private func postpone(_ claim: Claim, _ failure: JobFailure) async {
        let verdict = FailureVerdict.retry(after: Self.mismatchPause, countsAsAttempt: false)
        try? await fail(claim, failure, verdict: verdict)
    }

    private static let mismatchPause = Duration.seconds(30)

    private func claimedJob(
        _ row: PostgresRow, of claim: Claim, from queue: WorkQueue
    ) throws -> ClaimedJob {
        let stage: String = try row.decode(2)
        guard let stage = Stage(rawValue: stage) else {
            throw JobFailure.schemaMismatch("'\(stage)' is not a stage")
        }
        return ClaimedJob(
            claim: claim, queue: queue, stage: stage, document: DocumentID(try row.decode(3)),
            tenant: TenantID(try row.decode(4)), generation: try row.decode(5),
            attempt: try row.decode(6), attemptsMax: try row.decode(7),
            filename: try row.decode(8), mime: try row.decode(9),
            byteCount: try row.decode(10), fileSHA256: try row.decode(11),
            rawPath: try row.decode(12), parsedPath: try row.decodeIfPresent(13),
            parsedSHA256: try row.decodeIfPresent(14),
            expectedChunks: try row.decodeIfPresent(15),
            correlation: try row.decodeIfPresent(16))
    }
}

/// Stages of one queue that a job passes through under a claim.
struct Advance: Sendable {
    let claim: Claim
    let stages: [Stage]
}

extension PostgresJobStore {
    static func advances(_ pool: PostgresPool) -> JobWrites<Advance, Void> {
        JobWrites(
            of: \.claim.job, kind: { $0.stages.map(\.rawValue).joined(separator: " ") }
        ) { advances throws(JobFailure) in
            // One transaction, whose first statement locks all the rows in key order.
            let claims = advances.map(\.claim)
            let answers = try await pool.runTogether(
                advances[0].stages.map {
                    Query.advance(claims.jobs, claims.tokens, $0.rawValue)
                })
            return JobWrites<Advance, Void>.outcomes(
                of: claims, held: try answers.last?.jobs() ?? [])
        }
    }
}
