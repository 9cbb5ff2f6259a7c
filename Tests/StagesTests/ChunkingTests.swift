import BlobStores
import Domain
import Pipeline
import TestSupport
import Testing

/// From a parsed text to staged chunks and their number.
@Suite(.timeLimit(.minutes(5))) struct ChunkingTests {
    static let text = Array(
        (1...40).map { "# Part \($0)\n\n" + String(repeating: "Words of part \($0). ", count: 60) }
            .joined(separator: "\n\n").utf8)

    private func parsed(_ fixture: StageFixture) async throws -> JobID {
        let job = try await fixture.accept(Self.text)
        #expect(try await fixture.work(fixture.parsing(), on: job).failure == nil)
        return job
    }

    @Test func `chunks and their number are staged together, and their ranges match the text`()
        async throws
    {
        try await StageFixture.withFixture { fixture in
            let job = try await parsed(fixture)
            #expect(try await fixture.work(fixture.chunking(), on: job).failure == nil)
            #expect(try await fixture.database.position(job) == "chunks_buffered/done")
            let planned = try await fixture.database.texts(
                "SELECT expected_chunks FROM upload_pipeline.upload_jobs")
            let staged = try await fixture.count("document_chunk_buffer")
            #expect(staged >= 40)
            #expect(planned == ["\(staged)"])
            let orders = try await fixture.database.texts(
                "SELECT chunk_ord FROM upload_pipeline.document_chunk_buffer ORDER BY chunk_ord")
            #expect(orders == (0..<staged).map(String.init))
        }
    }

    @Test func `a text that differs from the parsed one is not chunked`() async throws {
        try await StageFixture.withFixture { fixture in
            let job = try await parsed(fixture)
            try await fixture.blobs.put([65], at: try await fixture.parsed(of: job))
            let failure = try await fixture.work(fixture.chunking(), on: job).failure
            #expect(failure?.code == .storage(.hashMismatch))
            #expect(failure?.class == .permanent)
            #expect(try await fixture.count("document_chunk_buffer") == 0)
        }
    }

    @Test func `a missing text is a dead letter`() async throws {
        try await StageFixture.withFixture { fixture in
            let job = try await parsed(fixture)
            try await fixture.blobs.delete(try await fixture.parsed(of: job))
            let failure = try await fixture.work(fixture.chunking(), on: job).failure
            #expect(failure?.code == .storage(.blobMissing))
            #expect(failure?.class == .permanent)
        }
    }

    @Test func `chunking again replaces the chunks of an earlier claim`() async throws {
        try await StageFixture.withFixture { fixture in
            let job = try await parsed(fixture)
            #expect(try await fixture.work(fixture.chunking(), on: job).failure == nil)
            let staged = try await fixture.count("document_chunk_buffer")
            // As after a failover that lost the job's last transition but kept its chunks.
            try await fixture.database.script(
                """
                ALTER TABLE upload_pipeline.upload_jobs DISABLE TRIGGER USER;
                UPDATE upload_pipeline.upload_jobs SET stage = 'parse_validated', state = 'done';
                ALTER TABLE upload_pipeline.upload_jobs ENABLE TRIGGER USER
                """)
            #expect(try await fixture.work(fixture.chunking(), on: job).failure == nil)
            #expect(try await fixture.count("document_chunk_buffer") == staged)
        }
    }
}
