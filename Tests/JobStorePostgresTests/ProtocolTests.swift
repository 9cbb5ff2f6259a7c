import Domain
import JobStorePostgres
import Operating
import Pipeline
import Reconciling
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(5))) struct ProtocolTests {
    @Test func `a job passes every stage and leaves an event for each transition`() async throws {
        try await TestDatabase.lend { database in
            let job = try await database.seedJob()
            try await database.parsed(job)
            #expect(try await database.position(job) == "parse_validated/done")
            try await database.chunked(job)
            try await database.embedded(job)
            let claimed = try await database.claim([job], .flush)[0]
            #expect(try await database.store.flush(claimed) == 3)
            #expect(try await database.position(job) == "embedded/done")
            let moves = try await database.texts(
                "SELECT concat(payload->>'to_stage', '/', payload->>'to_state') "
                    + "FROM upload_pipeline.events ORDER BY event_id")
            #expect(
                moves == [
                    "queued/queued", "queued/working", "job_validated/working",
                    "parsing/working", "parsed/working", "parse_validated/done",
                    "chunking/working", "chunks_buffered/done", "embedding/working",
                    "embedding/done", "embedded/working", "embedded/done",
                ])
            #expect(
                try await database.texts(
                    "SELECT processing_status FROM upload_pipeline.documents") == ["embedded"])
            #expect(
                try await database.texts(
                    "SELECT chunk_ord FROM upload_pipeline.document_chunks ORDER BY 1")
                    == ["0", "1", "2"])
            #expect(try await database.store.audit(of: .seconds(60)).isEmpty)
        }
    }

    @Test func `each job is claimed by only one of two competing workers`() async throws {
        try await TestDatabase.lend { database in
            var jobs: [JobID] = []
            for _ in 0..<20 { jobs.append(try await database.seedJob()) }
            let hints = jobs
            async let first = database.claim(hints, worker: "a")
            async let second = database.claim(hints.reversed(), worker: "b")
            let claimed = try await first + second
            #expect(Set(claimed.map(\.claim.job)) == Set(jobs))
            #expect(claimed.count == jobs.count)
        }
    }

    @Test func `a stale hint claims nothing`() async throws {
        try await TestDatabase.lend { database in
            let job = try await database.seedJob()
            #expect(try await database.claim([job], .embed).isEmpty)
            #expect(try await database.claim([JobID()]).isEmpty)
            #expect(try await database.claim([job]).count == 1)
            #expect(try await database.claim([job]).isEmpty)
        }
    }

    @Test func `an expired lease cannot complete a document`() async throws {
        try await TestDatabase.lend { database in
            let store = database.store
            let job = try await database.seedJob()
            try await database.parsed(job)
            let old = try await database.claim([job], .chunk, lease: .zero)[0]
            #expect(try await store.expireLeases(limit: 10, retry: .now) == 1)
            #expect(try await database.position(job) == "chunking/retryable")
            #expect(try await store.resumeDueRetries(limit: 10).map(\.job) == [job])
            let new = try await database.claim([job], .chunk)[0]
            #expect(new.attempt == 2)
            let failure = await #expect(throws: JobFailure.self) {
                try await store.completeChunking(
                    old, chunks: TestDatabase.chunks(9), in: .english,
                    by: ChunkerIdentity(name: "late", version: "1"))
            }
            #expect(failure?.class == .leaseLost)
            #expect(
                try await store.heartbeat(
                    [old, new].map { Heartbeat($0.claim, hasProgressed: false) },
                    on: ClaimTerms(lease: .seconds(9)))
                    == [new.claim])
            try await store.completeChunking(
                new, chunks: TestDatabase.chunks(2), in: .english,
                by: ChunkerIdentity(name: "markdown", version: "1"))
            #expect(
                try await database.texts(
                    "SELECT count(*) FROM upload_pipeline.document_chunk_buffer") == ["2"])
        }
    }

    @Test func `a job that kills its worker every time ends as a dead letter`() async throws {
        try await TestDatabase.lend { database in
            let job = try await database.seedJob()
            for attempt in 1...5 {
                #expect(try await database.claim([job], lease: .zero)[0].attempt == attempt)
                #expect(try await database.store.expireLeases(limit: 10, retry: .now) == 1)
                _ = try await database.store.resumeDueRetries(limit: 10)
            }
            #expect(try await database.position(job) == "queued/deadletter")
            #expect(
                try await database.texts(
                    "SELECT last_error->>'error_type' FROM upload_pipeline.upload_jobs")
                    == ["lease_expired"])
        }
    }

    @Test func `a snooze does not count as an attempt`() async throws {
        try await TestDatabase.lend { database in
            let job = try await database.seedJob()
            let claimed = try await database.claim([job])[0]
            try await database.store.fail(
                claimed.claim,
                JobFailure(.unavailable(for: .zero), code: .provider(.rateLimit), message: "429"),
                verdict: .retry(after: .zero, countsAsAttempt: false))
            _ = try await database.store.resumeDueRetries(limit: 10)
            #expect(try await database.claim([job])[0].attempt == 1)
        }
    }

    @Test func `a released job can be claimed at once and costs no attempt`() async throws {
        try await TestDatabase.lend { database in
            let job = try await database.seedJob()
            let claimed = try await database.claim([job])[0]
            try await database.store.release([claimed.claim])
            #expect(try await database.position(job) == "queued/queued")
            #expect(
                try await database.store.claimWaiting(
                    ClaimLimits(5), from: .parse, as: "other", on: ClaimTerms()
                ).map(\.attempt) == [1])
        }
    }

    @Test func `the hint of a waiting job is resent once per interval`() async throws {
        try await TestDatabase.lend { database in
            let (store, all) = (database.store, WorkQueue.allCases)
            let job = try await database.seedJob()
            #expect(try await store.resendHints(all, limit: 10).map(\.job) == [job])
            #expect(try await store.resendHints(all, limit: 10).isEmpty)
        }
    }

    @Test func `vectors of another embedding space are dropped before new ones are staged`()
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
                [TestDatabase.vector(1)], ords: [1], of: claimed, areLast: false)
            let left = try await store.beginEmbedding(claimed, in: TestDatabase.space, limit: 9)
            #expect(left.map(\.ord) == [0, 2])
            let other = EmbeddingSpace(model: "other", version: "1", width: 384)
            let all = try await store.beginEmbedding(claimed, in: other, limit: 2)
            #expect(all.map(\.ord) == [0, 1])
            #expect(
                try await store.pendingChunks(of: claimed, after: 1, limit: 2).map(\.ord) == [2])
        }
    }

    @Test func `embedding is not complete while a vector is missing`() async throws {
        try await TestDatabase.lend { database in
            let store = database.store
            let job = try await database.seedJob()
            try await database.parsed(job)
            try await database.chunked(job)
            let claimed = try await database.claim([job], .embed)[0]
            _ = try await store.beginEmbedding(claimed, in: TestDatabase.space, limit: 9)
            try await store.stageVectors(
                [TestDatabase.vector(1)], ords: [1], of: claimed, areLast: false)
            let failure = await #expect(throws: JobFailure.self) {
                try await store.completeEmbedding(claimed)
            }
            #expect(failure?.code == .database(.chunksMissing))
            let early = await #expect(throws: JobFailure.self) {
                try await store.stageVectors(
                    [TestDatabase.vector(2)], ords: [2], of: claimed, areLast: true)
            }
            #expect(early?.code == .database(.chunksMissing))
            #expect(try await database.position(job) == "embedding/working")
            // The vectors already paid for are kept.
            let left = try await store.pendingChunks(of: claimed, after: -1, limit: 9)
            #expect(left.map(\.ord) == [0])
            try await store.stageVectors(
                [TestDatabase.vector(0)], ords: [0], of: claimed, areLast: true)
            #expect(try await database.position(job) == "embedding/done")
        }
    }

    @Test func `a flush with a missing chunk moves nothing`() async throws {
        try await TestDatabase.lend { database in
            let job = try await database.seedJob()
            try await database.parsed(job)
            try await database.chunked(job)
            try await database.embedded(job)
            try await database.script(
                "DELETE FROM upload_pipeline.document_chunk_buffer WHERE chunk_ord = 1")
            let claimed = try await database.claim([job], .flush)[0]
            await #expect(throws: JobFailure.self) {
                _ = try await database.store.flush(claimed)
            }
            #expect(try await database.position(job) == "embedded/working")
            #expect(
                try await database.texts(
                    "SELECT count(*) FROM upload_pipeline.document_vector_buffer") == ["3"])
        }
    }

    @Test func `deleting a document deletes its job and its buffered rows`() async throws {
        try await TestDatabase.lend { database in
            let job = try await database.seedJob()
            try await database.parsed(job)
            try await database.chunked(job)
            try await database.script("DELETE FROM upload_pipeline.documents")
            for table in ["upload_jobs", "document_chunk_buffer", "document_vector_buffer"] {
                #expect(
                    try await database.texts("SELECT count(*) FROM upload_pipeline.\(table)")
                        == ["0"], "\(table)")
            }
        }
    }
}

extension RetryPolicy {
    /// Retries are due at once.
    static let now = RetryPolicy(base: .zero, cap: .zero)
}
