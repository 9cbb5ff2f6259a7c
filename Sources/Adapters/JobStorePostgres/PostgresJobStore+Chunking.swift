import Crypto
package import Domain
import FoundationEssentials
import Pipeline
import Postgres

extension PostgresJobStore: ChunkStore {
    package func completeChunking(
        _ job: ClaimedJob, chunks: [Chunk], by chunker: ChunkerIdentity
    ) async throws(StageFailure) {
        try await transaction { connection in
            let fenced = try await connection.query(
                Query.completeChunking(job.claim.job.uuid, job.claim.token.uuid, chunks.count))
            guard !fenced.isEmpty else { throw StageFailure.leaseLost(job.claim.job) }
            _ = try await connection.query(
                Query.clearChunkBuffer(job.document.uuid, job.generation))
            _ = try await connection.query(
                Query.clearVectorBuffer(job.document.uuid, job.generation))
            var next = 0
            _ = try await connection.copyIn(Query.copyChunks()) { writer in
                let end = min(next + Self.chunksPerCopyBatch, chunks.count)
                for chunk in chunks[next..<end] {
                    Self.write(chunk, of: job, by: chunker, to: &writer)
                }
                next = end
                return next < chunks.count
            }
        }
    }

    private static let chunksPerCopyBatch = 256

    private static func write(
        _ chunk: Chunk, of job: ClaimedJob, by chunker: ChunkerIdentity,
        to writer: inout PostgresCopyWriter
    ) {
        writer.row(
            job.document.uuid, Int32(job.generation), Int32(chunk.ord),
            ChunkIdentity.id(job.document, chunker, ord: chunk.ord), chunker.name,
            chunker.version, chunk.text,
            SHA256.hash(data: Array(chunk.text.utf8)).hexadecimal, Int32(chunk.tokens),
            Int64(chunk.utf8Range.lowerBound), Int64(chunk.utf8Range.upperBound),
            chunk.headings, chunk.pages.map { Int32($0.lowerBound) },
            chunk.pages.map { Int32($0.upperBound) })
    }
}
