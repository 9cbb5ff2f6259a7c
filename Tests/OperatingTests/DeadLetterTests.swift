import Domain
import FoundationEssentials
import JobStorePostgres
import Operating
import OperationsPostgres
import Pipeline
import Querying
import TestSupport
import Testing

/// Operators' actions on dead letters, on a real database.
@Suite(.timeLimit(.minutes(5))) struct DeadLetterTests {
    private static let anna = OperatorName("anna")!

    /// Makes one dead letter in parsing per code; returns the jobs in order.
    private func die(
        _ codes: [DocumentFailure], of tenant: TenantID = TenantID(), in database: TestDatabase
    ) async throws -> [JobID] {
        var jobs: [JobID] = []
        for code in codes {
            let job = try await database.seedJob(of: tenant)
            let claimed = try await database.claim([job])[0]
            try await database.store.advance(claimed.claim, through: [.jobValidated, .parsing])
            try await database.store.fail(
                claimed.claim, .permanent(.document(code), "cause \(code.rawValue)"),
                verdict: .deadletter)
            jobs.append(job)
        }
        return jobs
    }

    @Test func `causes are counted, the most frequent first`() async throws {
        try await TestDatabase.lend { database in
            _ = try await die([.encrypted, .malformed, .encrypted], in: database)
            _ = try await database.seedJob()
            let causes = try await database.operations.deadLetterCauses(
                DeadLetterFilter(), limit: 9)
            #expect(causes.map(\.code) == ["encrypted", "malformed"])
            #expect(causes.map(\.jobCount) == [2, 1])
            #expect(causes.map(\.stage) == [.parsing, .parsing])
            #expect(causes[0].lastMessage == "cause encrypted")
            #expect(causes[0].firstFailedAt < causes[0].lastFailedAt)
            let largest = try await database.operations.deadLetterCauses(
                DeadLetterFilter(), limit: 1)
            #expect(largest == [causes[0]])
        }
    }

    @Test func `filters select, and a limit bounds`() async throws {
        try await TestDatabase.lend { database in
            let operations = database.operations
            let tenant = TenantID()
            let jobs = try await die([.encrypted, .malformed, .malformed], in: database)
            let own = try await die([.malformed], of: tenant, in: database)
            func count(_ filter: DeadLetterFilter) async throws -> Int {
                try await operations.countDeadLetters(filter).matchedCount
            }
            #expect(try await count(DeadLetterFilter()) == 4)
            #expect(try await count(DeadLetterFilter(code: "malformed")) == 3)
            #expect(try await count(DeadLetterFilter(stage: .chunking)) == 0)
            #expect(try await count(DeadLetterFilter(tenant: tenant)) == 1)
            #expect(try await count(DeadLetterFilter(jobs: jobs)) == 3)
            let one = DeadLetterFilter(
                code: "malformed", stage: .parsing, tenant: tenant, jobs: own)
            let found = try await operations.deadLetters(one, after: nil, limit: 9)
            #expect(found.map(\.job) == own)
            var changed: [Int] = []
            for _ in 0..<3 {
                let outcome = try await operations.redrive(
                    DeadLetterFilter(code: "malformed"), limit: 2, by: Self.anna)
                changed.append(outcome.changedCount)
            }
            #expect(changed == [2, 1, 0])
            #expect(try await count(DeadLetterFilter()) == 1)
        }
    }

    @Test func `a list continues after its cursor, the newest first, without gap or repetition`()
        async throws
    {
        try await TestDatabase.lend { database in
            let jobs = try await die(
                [.encrypted, .malformed, .noText, .noChunks, .tooLarge], in: database)
            // Two that failed at the same time are ordered by their ids.
            try await database.script(
                "UPDATE upload_pipeline.upload_jobs "
                    + "SET finished_at = '2026-01-01 12:00:00.123457Z' "
                    + "WHERE job_id IN ('\(jobs[1])', '\(jobs[2])')")
            var listed: [JobID] = []
            var cursor: DeadLetterCursor?
            repeat {
                let page = try await database.operations.deadLetters(
                    DeadLetterFilter(), after: cursor, limit: 2)
                listed += page.map(\.job)
                cursor = try page.last.map { letter in
                    let next = DeadLetterCursor(failedAt: letter.failedAt, job: letter.job)
                    return try #require(DeadLetterCursor(next.description))
                }
            } while cursor != nil && listed.count < 10
            let oldest = [jobs[1], jobs[2]].sorted { "\($0)" > "\($1)" }
            #expect(listed == [jobs[4], jobs[3], jobs[0]] + oldest)
        }
    }

    @Test func `pages of one action exclude jobs that failed after the first`() async throws {
        try await TestDatabase.lend { database in
            let operations = database.operations
            let jobs = try await die([.encrypted], in: database)
            let first = try await operations.redrive(
                DeadLetterFilter(), limit: 1, by: Self.anna)
            let claimed = try await database.claim(jobs)[0]
            try await database.store.fail(
                claimed.claim, .permanent(.document(.encrypted), "again"), verdict: .deadletter)
            let rest = try await operations.countDeadLetters(
                DeadLetterFilter(failedBefore: first.asOf))
            #expect(rest.matchedCount == 0)
        }
    }

    @Test func `a redriven job resumes where it failed, with fresh attempts and a new hint`()
        async throws
    {
        try await TestDatabase.lend { database in
            let store = database.store
            let job = try await database.seedJob()
            try await database.parsed(job)
            try await database.chunked(job)
            let claimed = try await database.claim([job], .embed)[0]
            _ = try await store.beginEmbedding(claimed, in: TestDatabase.space, limit: 9)
            try await store.stageVectors(
                [TestDatabase.vector(0)], ords: [0], of: claimed, areLast: false)
            try await store.fail(
                claimed.claim, .permanent(.provider(.refused), "paid out"), verdict: .deadletter)
            let outcome = try await database.operations.redrive(
                DeadLetterFilter(jobs: [job]), limit: 1, by: Self.anna)
            #expect((outcome.matchedCount, outcome.changedCount) == (1, 1))
            #expect(try await database.position(job) == "embedding/queued")
            #expect(try await store.resendHints([.embed], limit: 9).map(\.queue) == [.embed])
            let again = try await database.claim([job], .embed)[0]
            #expect(again.attempt == 1)
            // The vector that was staged before the failure is not paid for again.
            let left = try await store.beginEmbedding(again, in: TestDatabase.space, limit: 9)
            #expect(left.map(\.ord) == [1, 2])
            let events = try await database.texts(
                "SELECT code FROM upload_pipeline.events ORDER BY event_id DESC LIMIT 2")
            #expect(events == ["embedding", "redriven"])
            #expect(try await requesters("redriven", in: database) == ["true anna"])
        }
    }

    /// Whether the database user is recorded, and the operator's name.
    private func requesters(_ code: String, in database: TestDatabase) async throws -> [String] {
        try await database.texts(
            "SELECT (payload ->> 'by' = session_user) || ' ' || (payload ->> 'requested_by') "
                + "FROM upload_pipeline.events WHERE code = '\(code)'")
    }

    @Test func `a job that is not dead is not redriven, and a repetition changes nothing`()
        async throws
    {
        try await TestDatabase.lend { database in
            let dead = try await die([.encrypted], in: database)
            let alive = try await database.seedJob()
            var changed: [Int] = []
            for _ in 0..<2 {
                let outcome = try await database.operations.redrive(
                    DeadLetterFilter(jobs: dead + [alive]), limit: 9, by: Self.anna)
                changed.append(outcome.changedCount)
            }
            #expect(changed == [1, 0])
            #expect(try await database.position(alive) == "queued/queued")
        }
    }

    @Test func `a dead letter has its document, its cause and its history`() async throws {
        try await TestDatabase.lend { database in
            let operations = database.operations
            let job = try await die([.encrypted], in: database)[0]
            let letter = try #require(try await operations.deadLetter(of: job))
            #expect((letter.filename, letter.byteCount, letter.stage) == ("a.txt", 3, .parsing))
            #expect((letter.code, letter.message) == ("encrypted", "cause encrypted"))
            #expect((letter.attempts, letter.attemptsMax) == (1, 5))
            #expect(letter.uploadedAt < letter.failedAt)
            let history = try #require(try await operations.events(of: job, after: 0, limit: 9))
            #expect(
                history.map(\.code) == [
                    "accepted", "queued", "job_validated", "parsing", "encrypted",
                ])
            let last = try #require(history.last)
            #expect((last.type, last.severity) == ("error", "error"))
            #expect("\(last.payload)".contains("deadletter"), "\(last.payload)")
            let rest = try await operations.events(of: job, after: history[3].number, limit: 9)
            #expect(rest?.map(\.number) == [last.number])
            let end = try await operations.events(of: job, after: last.number, limit: 9)
            #expect(end?.isEmpty == true)
            #expect(try await operations.events(of: JobID(), after: 0, limit: 9)?.count == nil)
            let alive = try await database.seedJob()
            #expect(try await operations.deadLetter(of: alive) == nil)
        }
    }

    @Test func `a purge deletes dead letters and their documents but not their events`()
        async throws
    {
        try await TestDatabase.lend { database in
            let jobs = try await die([.encrypted, .malformed], in: database)
            let outcome = try await database.operations.purge(
                DeadLetterFilter(code: "encrypted"), limit: 9, by: Self.anna)
            #expect((outcome.matchedCount, outcome.changedCount) == (1, 1))
            let left = try await database.texts(
                "SELECT job_id FROM upload_pipeline.upload_jobs JOIN upload_pipeline.documents "
                    + "USING (document_id)")
            #expect(left == [jobs[1].description])
            let history = try await database.operations.events(of: jobs[0], after: 0, limit: 9)
            #expect(history?.suffix(2).map(\.code) == ["encrypted", "purged"])
            #expect(try await requesters("purged", in: database) == ["true anna"])
        }
    }
}

extension TestDatabase {
    var operations: PostgresOperations { PostgresOperations(pool: pool) }
}
