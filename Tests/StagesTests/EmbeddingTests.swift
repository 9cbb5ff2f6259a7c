import Domain
import Embedding
import Hashing
import Pipeline
import Synchronization
import TestSupport
import Testing

/// From staged chunks to staged vectors, each paid for once.
@Suite(.timeLimit(.minutes(5))) struct EmbeddingTests {
    private func chunked(_ fixture: StageFixture, count: Int = 5) async throws -> JobID {
        let job = try await fixture.database.seedJob()
        try await fixture.database.parsed(job)
        try await fixture.database.chunked(job, count: count)
        return job
    }

    @Test func `a resumed job embeds only the texts that are not staged yet`() async throws {
        try await StageFixture.withFixture { fixture in
            let job = try await chunked(fixture)
            let paid = Mutex<[String]>([])
            let isBroken = Mutex(true)
            let embedder = MockEmbedder(
                batchMax: 2,
                beforeCall: { texts throws(JobFailure) in
                    let isOut = isBroken.withLock { $0 } && paid.withLock { $0.count } >= 2
                    if isOut { throw .transient(.provider(.error), "503") }
                    paid.withLock { $0 += texts }
                })
            let failure = try await fixture.work(fixture.embedding(with: embedder), on: job)
                .failure
            #expect(failure?.code == .provider(.error))
            #expect(try await fixture.count("document_vector_buffer") == 2)
            isBroken.withLock { $0 = false }
            try await fixture.retry(job)
            #expect(
                try await fixture.work(fixture.embedding(with: embedder), on: job).failure
                    == nil)
            #expect(try await fixture.database.position(job) == "embedding/done")
            #expect(try await fixture.count("document_vector_buffer") == 5)
            #expect(paid.withLock { $0.sorted() } == (0..<5).map { "Title\n\nChunk number \($0)" })
        }
    }

    @Test func `a batch that is too large for the provider is embedded in smaller calls`()
        async throws
    {
        try await StageFixture.withFixture { fixture in
            let job = try await chunked(fixture, count: 9)
            let paid = Mutex<[Int]>([])
            let embedder = MockEmbedder(
                beforeCall: { texts throws(JobFailure) in
                    guard texts.count <= 2 else {
                        throw .permanent(.embedder(.requestTooLarge), "413")
                    }
                    paid.withLock { $0.append(texts.count) }
                })
            #expect(
                try await fixture.work(fixture.embedding(with: embedder), on: job).failure
                    == nil)
            #expect(paid.withLock { $0 } == [2, 2, 2, 2, 1])
            #expect(try await fixture.count("document_vector_buffer") == 9)
            #expect(try await fixture.database.position(job) == "embedding/done")
        }
    }

    @Test func `the vectors of the smaller calls before a failure are not paid for again`()
        async throws
    {
        try await StageFixture.withFixture { fixture in
            let job = try await chunked(fixture)
            let tooLarge = JobFailure.permanent(.embedder(.requestTooLarge), "413")
            let calls = Mutex<[[String]]>([])
            let embedder = MockEmbedder(
                beforeCall: { texts throws(JobFailure) in
                    calls.withLock { $0.append(texts.map { String($0.suffix(1)) }) }
                    if texts.count > 2 || texts.contains(where: { $0.hasSuffix("3") }) {
                        throw tooLarge
                    }
                })
            let handler = fixture.embedding(with: embedder)
            #expect(try await fixture.work(handler, on: job).failure == tooLarge)
            #expect(
                calls.withLock { $0 }
                    == [["0", "1", "2", "3", "4"], ["0", "1"], ["2", "3"], ["2"], ["3"]])
            #expect(try await fixture.count("document_vector_buffer") == 3)
            try await fixture.retry(job)
            calls.withLock { $0 = [] }
            #expect(try await fixture.work(handler, on: job).failure == tooLarge)
            #expect(calls.withLock { $0 } == [["3", "4"], ["3"]])
        }
    }

    @Test func `a refusal that smaller calls cannot change is not repeated`() async throws {
        try await StageFixture.withFixture { fixture in
            for code in [FailureCode.embedder(.inputTooLong), .provider(.refused)] {
                let job = try await chunked(fixture)
                let calls = Mutex(0)
                let embedder = MockEmbedder(
                    beforeCall: { _ throws(JobFailure) in
                        calls.withLock { $0 += 1 }
                        throw .permanent(code, "400")
                    })
                let failure = try await fixture.work(fixture.embedding(with: embedder), on: job)
                    .failure
                #expect(failure?.code == code)
                #expect(calls.withLock { $0 } == 1)
            }
        }
    }

    @Test(arguments: MockEmbedder.Fault.allCases)
    func `an invalid response stages nothing, and earlier vectors are kept`(
        fault: MockEmbedder.Fault
    ) async throws {
        try await StageFixture.withFixture { fixture in
            let job = try await chunked(fixture)
            let embedder = MockEmbedder(
                batchMax: 2, fault: { $0.contains { $0.hasSuffix("number 3") } ? fault : nil })
            let failure = try await fixture.work(fixture.embedding(with: embedder), on: job)
                .failure
            #expect(failure?.code.origin == "embedder")
            #expect(failure?.class == .transient())
            #expect(try await fixture.count("document_vector_buffer") == 2)
            #expect(try await fixture.database.position(job) == "embedding/working")
        }
    }

    @Test func `a worker with a lost claim stages nothing more`() async throws {
        try await StageFixture.withFixture { fixture in
            let job = try await chunked(fixture)
            let calls = Mutex(0)
            let embedder = MockEmbedder(
                batchMax: 2,
                beforeCall: { _ throws(JobFailure) in
                    guard
                        calls.withLock({
                            $0 += 1; return $0
                        }) == 2
                    else { return }
                    do {
                        try await fixture.stealClaims()
                    } catch {
                        throw .permanent(.machine(.notEncodable), "\(error)")
                    }
                })
            let failure = try await fixture.work(fixture.embedding(with: embedder), on: job)
                .failure
            #expect(failure?.class == .leaseLost)
            #expect(calls.withLock { $0 } == 2)
            #expect(try await fixture.count("document_vector_buffer") == 2)
            #expect(try await fixture.database.position(job) == "embedding/working")
        }
    }

    @Test func `a worker that must stop requests no further batch`() async throws {
        try await StageFixture.withFixture { fixture in
            let job = try await chunked(fixture)
            let calls = Mutex(0)
            let embedder = MockEmbedder(
                batchMax: 2,
                beforeCall: { _ in
                    calls.withLock { $0 += 1 }
                    withUnsafeCurrentTask { $0?.cancel() }
                })
            let working = Task {
                try await fixture.work(fixture.embedding(with: embedder), on: job)
            }
            #expect(try await working.value.failure != nil)
            #expect(calls.withLock { $0 } == 1)
            #expect(try await fixture.database.position(job) == "embedding/working")
        }
    }

    @Test func `an embedder of another space starts over`() async throws {
        try await StageFixture.withFixture { fixture in
            let job = try await chunked(fixture)
            let broken = MockEmbedder(
                space: EmbeddingSpace(model: "old", version: "1", width: 32), batchMax: 2,
                fault: { $0.contains { $0.hasSuffix("number 3") } ? .zeroVector : nil })
            _ = try await fixture.work(fixture.embedding(with: broken), on: job)
            try await fixture.retry(job)
            #expect(
                try await fixture.work(
                    fixture.embedding(with: HashingEmbedder()), on: job
                ).failure == nil)
            #expect(
                try await fixture.database.texts(
                    "SELECT DISTINCT embed_model FROM upload_pipeline.upload_jobs"
                ).count == 1)
            #expect(try await fixture.count("document_vector_buffer") == 5)
        }
    }
}
