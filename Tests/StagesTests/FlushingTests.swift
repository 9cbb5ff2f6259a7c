import Domain
import Flushing
import Indexing
import JobStorePostgres
import Pipeline
import TestSupport
import Testing

/// From the buffers to the tables that search reads.
@Suite(.timeLimit(.minutes(5))) struct FlushingTests {
    private func embedded(_ fixture: StageFixture, count: Int) async throws -> JobID {
        let job = try await fixture.database.seedJob()
        try await fixture.database.parsed(job)
        try await fixture.database.chunked(job, count: count)
        try await fixture.database.embedded(job)
        return job
    }

    /// Rows of the vector buffer that the last vacuum could not reclaim, since a transaction could
    /// still see them.
    private func deadRows(_ database: TestDatabase) async throws -> Int {
        let dead = try await database.texts(
            """
            SELECT n_dead_tup FROM pg_stat_user_tables
            WHERE relid = 'upload_pipeline.document_vector_buffer'::regclass
            """)
        return try #require(Int(dead[0]))
    }

    @Test(.timeLimit(.minutes(5)))
    func `documents are moved completely, and the buffers do not grow`() async throws {
        try await StageFixture.withFixture { fixture in
            let database = fixture.database
            let store = database.store
            let (vacuumed, continuation) = AsyncStream.makeStream(of: Void.self)
            let vacuum = BufferVacuum(rowsBetween: 40, logger: TestBroker.silent) {
                // A concurrent statement retains the rows that the server's oldest transaction can
                // see, even if that one belongs to another test in another database.
                try await store.vacuumBuffers()
                while try await deadRows(database) > 0 {
                    try await Task.sleep(for: .milliseconds(20))
                    try await store.vacuumBuffers()
                }
                continuation.yield()
            }
            var vacuums = vacuumed.makeAsyncIterator()
            let handler = FlushHandler(
                store: store, vacuum: vacuum,
                index: IndexMaintainer(store: store, logger: TestBroker.silent))
            let vacuuming = Task { await vacuum.run() }
            defer { vacuuming.cancel() }
            var sizes: [Int] = []
            for _ in 1...8 {
                let job = try await embedded(fixture, count: 40)
                let size = try await fixture.database.texts(
                    "SELECT pg_relation_size('upload_pipeline.document_vector_buffer')")
                sizes.append(try #require(Int(size[0])))
                #expect(try await fixture.work(handler, on: job).failure == nil)
                #expect(try await fixture.database.position(job) == "embedded/done")
                await vacuums.next()
            }
            #expect(sizes[7] == sizes[0], "\(sizes)")
            #expect(try await fixture.count("document_chunks") == 320)
            #expect(try await fixture.count("document_vector_buffer") == 0)
            #expect(try await fixture.count("document_chunk_buffer") == 0)
        }
    }

    @Test func `a document with a missing vector is not moved`() async throws {
        try await StageFixture.withFixture { fixture in
            let store = fixture.database.store
            let handler = FlushHandler(
                store: store, vacuum: BufferVacuum(logger: TestBroker.silent) {},
                index: IndexMaintainer(store: store, logger: TestBroker.silent))
            let job = try await embedded(fixture, count: 3)
            try await fixture.database.script(
                "DELETE FROM upload_pipeline.document_vector_buffer WHERE chunk_ord = 1")
            let failure = try await fixture.work(handler, on: job).failure
            #expect(failure?.code == .database(.chunksMissing))
            #expect(try await fixture.count("document_chunks") == 0)
            #expect(try await fixture.count("document_vector_buffer") == 2)
        }
    }
}
