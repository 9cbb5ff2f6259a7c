import Concurrency
import Crypto
package import Domain
import FoundationEssentials
import Pipeline
import Postgres

extension PostgresJobStore: ChunkJobStore {
    package func completeChunking(
        _ job: ClaimedJob, chunks: some RandomAccessCollection<Chunk> & Sendable,
        in language: TextLanguage, by chunker: ChunkerIdentity
    ) async throws(JobFailure) {
        try await writes.chunkings(CompletedChunking(job, chunks, in: language, by: chunker))
    }

    fileprivate static func write(
        _ chunk: Chunk, of job: ClaimedJob, by chunker: ChunkerIdentity,
        to writer: inout PostgresCopyWriter
    ) {
        writer.row(
            job.document.uuid, Int32(job.generation), Int32(chunk.ord),
            ChunkIdentity.id(job.document, chunker, ord: chunk.ord), chunker.name,
            chunker.version, chunk.text,
            SHA256.hash(data: Array(chunk.text.utf8)).hexadecimal, chunk.tokens.map { Int32($0) },
            Int64(chunk.utf8Range.lowerBound), Int64(chunk.utf8Range.upperBound),
            chunk.headings, chunk.pages.map { Int32($0.lowerBound) },
            chunk.pages.map { Int32($0.upperBound) })
    }
}

/// The chunks of a document to be staged.
struct CompletedChunking: Sendable {
    let job: ClaimedJob
    let count: Int
    /// Returns the chunk with a number.
    let chunk: @Sendable (Int) -> Chunk
    let language: TextLanguage
    let chunker: ChunkerIdentity

    init<Chunks: RandomAccessCollection<Chunk> & Sendable>(
        _ job: ClaimedJob, _ chunks: Chunks, in language: TextLanguage, by chunker: ChunkerIdentity
    ) {
        self.job = job
        count = chunks.count
        chunk = { chunks[chunks.index(chunks.startIndex, offsetBy: $0)] }
        self.language = language
        self.chunker = chunker
    }
}

extension PostgresJobStore {
    /// Maximum chunks of several documents in one transaction.
    private static let chunksInSetMax = 2048
    private static let chunksPerCopyBatch = 256

    static func chunkings(_ pool: PostgresPool) -> JobWrites<CompletedChunking, Void> {
        JobWrites(of: \.job.claim.job, weightMax: chunksInSetMax, weight: \.count) {
            chunkings throws(JobFailure) in
            let claims = chunkings.map(\.job.claim)
            let held = try await pool.runTransaction { connection in
                let fenced = try await connection.query(
                    Query.completeChunking(
                        claims.jobs, claims.tokens, chunkings.map { Int32($0.count) },
                        chunkings.map(\.language.rawValue)))
                let held = try fenced.jobs()
                let ours = chunkings.filter { held.contains($0.job.claim.job) }
                if !ours.isEmpty { try await copy(ours, over: connection) }
                return held
            }
            return JobWrites<CompletedChunking, Void>.outcomes(of: claims, held: held)
        }
    }

    private static func copy(
        _ chunkings: [CompletedChunking], over connection: PostgresConnection
    ) async throws {
        var (document, next) = (0, 0)
        _ = try await connection.copyIn(Query.copyChunks()) { writer in
            var room = chunksPerCopyBatch
            while room > 0, document < chunkings.count {
                let chunking = chunkings[document]
                let end = min(next + room, chunking.count)
                for ord in next..<end {
                    write(
                        chunking.chunk(ord), of: chunking.job, by: chunking.chunker, to: &writer)
                }
                room -= end - next
                (document, next) =
                    end == chunking.count ? (document + 1, 0) : (document, end)
            }
            return document < chunkings.count
        }
    }
}
