import Domain
import JobStorePostgres
import Pipeline
import Reconciling
import TestSupport
import Testing

/// Operator actions on dead letters.
@Suite struct DeadLetterTests {
    /// Makes one dead letter in parsing per code; returns the jobs in order.
    private func die(_ codes: [DocumentFailure], in database: TestDatabase) async throws -> [JobID]
    {
        var jobs: [JobID] = []
        for code in codes {
            let job = try await database.seedJob()
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
            let causes = try await database.store.deadLetterCauses(DeadLetterFilter())
            #expect(causes.map(\.code) == ["encrypted", "malformed"])
            #expect(causes.map(\.jobs) == [2, 1])
            #expect(causes.map(\.stage) == ["parsing", "parsing"])
            #expect(causes[0].message == "cause encrypted")
        }
    }

    @Test func `dead letters are selected by filter, and a redrive respects its limit`()
        async throws
    {
        try await TestDatabase.lend { database in
            let store = database.store
            let jobs = try await die(
                [.encrypted, .malformed, .malformed, .malformed], in: database)
            #expect(try await store.countDeadLetters(DeadLetterFilter()) == 4)
            #expect(try await store.countDeadLetters(DeadLetterFilter(code: "malformed")) == 3)
            #expect(try await store.countDeadLetters(DeadLetterFilter(stage: .chunking)) == 0)
            let one = DeadLetterFilter(code: "malformed", stage: .parsing, job: jobs[2])
            #expect(
                try await store.deadLetters(one, limit: 9).map(\.job) == [jobs[2].description])
            #expect(try await store.redrive(DeadLetterFilter(code: "malformed"), limit: 2) == 2)
            #expect(try await store.redrive(DeadLetterFilter(code: "malformed"), limit: 2) == 1)
            #expect(try await store.redrive(DeadLetterFilter(code: "malformed"), limit: 2) == 0)
            #expect(try await store.countDeadLetters(DeadLetterFilter()) == 1)
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
            #expect(try await store.redrive(DeadLetterFilter(job: job), limit: 1) == 1)
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
            let actors = try await database.texts(
                "SELECT payload ->> 'by' = session_user FROM upload_pipeline.events "
                    + "WHERE code = 'redriven'")
            #expect(actors == ["true"])
        }
    }

    @Test func `a dead letter shows its document, cause and history`() async throws {
        try await TestDatabase.lend { database in
            let job = try await die([.encrypted], in: database)[0]
            let letter = try #require(try await database.store.deadLetter(of: job))
            #expect((letter.filename, letter.bytes, letter.stage) == ("a.txt", 3, "parsing"))
            #expect((letter.code, letter.message) == ("encrypted", "cause encrypted"))
            #expect((letter.attempts, letter.attemptsMax) == (1, 5))
            #expect(
                letter.history.map(\.code) == [
                    "accepted", "queued", "job_validated", "parsing", "encrypted",
                ])
            #expect(letter.history.last?.position == "parsing/deadletter")
            #expect(letter.history.last?.error == "cause encrypted")
            let alive = try await database.seedJob()
            #expect(try await database.store.deadLetter(of: alive) == nil)
        }
    }

    @Test func `a purge deletes dead letters and their documents but not their events`()
        async throws
    {
        try await TestDatabase.lend { database in
            let jobs = try await die([.encrypted, .malformed], in: database)
            #expect(
                try await database.store.purge(DeadLetterFilter(code: "encrypted"), limit: 9) == 1)
            let left = try await database.texts(
                "SELECT job_id FROM upload_pipeline.upload_jobs JOIN upload_pipeline.documents "
                    + "USING (document_id)")
            #expect(left == [jobs[1].description])
            let history = try await database.texts(
                "SELECT code FROM upload_pipeline.events WHERE job_id = '\(jobs[0])' "
                    + "ORDER BY event_id DESC LIMIT 2")
            #expect(history == ["purged", "encrypted"])
            let actors = try await database.texts(
                "SELECT payload ->> 'by' = session_user FROM upload_pipeline.events "
                    + "WHERE code = 'purged'")
            #expect(actors == ["true"])
        }
    }
}
