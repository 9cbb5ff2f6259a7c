import Domain
import JobModel
import Pipeline

/// The job store of one process.
struct SimulatedStore: JobStore {
    let database: SimulatedDatabase
    let process: SimulatedProcess

    var now: Duration { database.simulation.now }
    var jitter: Double { .random(in: 0...1, using: &database.simulation.random) }

    func transaction<R>(
        _ body: (inout Tables) throws(JobFailure) -> R
    ) async throws(JobFailure) -> R {
        try await database.transaction(of: process, body)
    }

    /// Applies a fenced rule in a transaction. Throws `leaseLost` if the claim is not held.
    func fenced(
        _ claim: Claim, _ rule: (inout Tables.Job, ClaimID) -> Bool
    ) async throws(JobFailure) {
        try await transaction { tables throws(JobFailure) in
            try fence(claim, in: &tables, rule)
        }
    }

    func fence(
        _ claim: Claim, in tables: inout Tables, _ rule: (inout Tables.Job, ClaimID) -> Bool
    ) throws(JobFailure) {
        let isHeld = tables.change(claim.job, as: claim.token) { job in
            let token =
                database.planted == .completionNotFenced
                ? job.row.token ?? claim.token : claim.token
            return rule(&job, token)
        }
        guard isHeld else { throw .leaseLost(claim.job) }
    }

    func claim(
        _ jobs: [JobID], chunksMax: Int, from queue: WorkQueue, as worker: WorkerName,
        on terms: ClaimTerms
    ) async throws(JobFailure) -> [ClaimedJob] {
        let limits = ClaimLimits(jobs.count, chunksMax: chunksMax)
        return try await transaction { tables in
            jobs.filter { limits.allows(chunks: tables[$0]?.expectedChunks) }
                .compactMap { claim($0, from: queue, terms, in: &tables) }
        }
    }

    func missingJobs(_ jobs: [JobID]) async throws(JobFailure) -> Set<JobID> {
        try await transaction { tables in Set(jobs.filter { tables[$0] == nil }) }
    }

    func claimWaiting(
        _ limits: ClaimLimits, from queue: WorkQueue, as worker: WorkerName, on terms: ClaimTerms
    ) async throws(JobFailure) -> [ClaimedJob] {
        if database.planted == .hintsNeverResent { return [] }
        return try await transaction { tables in
            let waiting = tables.waiting(on: queue, at: now).map { job in
                ClaimLimits.WaitingJob(
                    id: job.submission.job, tenant: job.submission.tenant,
                    expectedChunks: job.expectedChunks)
            }
            let chosen =
                database.planted == .turnsNotTaken
                ? waiting.prefix(limits.jobs).map(\.id) : limits.choose(from: waiting)
            return chosen.compactMap { claim($0, from: queue, terms, in: &tables) }
        }
    }

    private func claim(
        _ id: JobID, from queue: WorkQueue, _ terms: ClaimTerms, in tables: inout Tables
    ) -> ClaimedJob? {
        let token = database.freshToken()
        let isClaimed = tables.change(id, as: token) { job in
            job.holder = process
            return job.row.claim(
                from: queue, at: now, token: token, lease: terms.lease, deadline: terms.deadline)
        }
        guard isClaimed, let job = tables[id] else { return nil }
        database.turns.claimed(
            id, of: job.submission.tenant, from: queue, tables.waiting(on: queue, at: now))
        return ClaimedJob(
            claim: Claim(job: id, token: token), queue: queue, stage: job.row.position.stage,
            document: job.submission.document, tenant: job.submission.tenant, generation: 1,
            attempt: job.row.attempt, attemptsMax: job.row.attemptsMax, filename: "a.md",
            mime: "text/markdown", byteCount: job.submission.bytes.count,
            fileSHA256: job.submission.sha256, rawPath: job.submission.rawPath.description,
            parsedPath: job.parsed?.path, parsedSHA256: job.parsed?.sha256,
            expectedChunks: job.expectedChunks)
    }

    func heartbeat(
        _ heartbeats: [Heartbeat], on terms: ClaimTerms
    ) async throws(JobFailure) -> Set<Claim> {
        try await transaction { tables in
            Set(
                heartbeats.filter { heartbeat in
                    tables.change(heartbeat.claim.job) { job in
                        job.row.heartbeat(
                            heartbeat.claim.token, at: now, lease: terms.lease,
                            deadline: heartbeat.hasProgressed ? terms.deadline : nil)
                    }
                }.map(\.claim))
        }
    }

    func advance(_ claim: Claim, through stages: [Stage]) async throws(JobFailure) {
        try await transaction { tables throws(JobFailure) in
            for stage in stages {
                try fence(claim, in: &tables) { job, token in job.row.advance(token, to: stage) }
            }
        }
    }

    func fail(
        _ claim: Claim, _ failure: JobFailure, verdict: FailureVerdict
    ) async throws(JobFailure) {
        try await fenced(claim) { job, token in
            job.row.fail(token, code: failure.code.rawValue, verdict: verdict, at: now)
        }
    }

    func release(_ claims: [Claim]) async throws(JobFailure) {
        try await transaction { tables in
            for claim in claims {
                tables.change(claim.job, as: claim.token) { job in
                    job.row.release(claim.token, at: now)
                }
            }
        }
    }
}
