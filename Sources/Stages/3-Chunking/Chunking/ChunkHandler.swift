// Chunking: from parsed Markdown to staged chunks.
//
// Invariants: only the text that was parsed is cut (its hash is checked); all chunks of a document
// are staged in one transaction, together with their number.
// Neighbours: the parse-worker before it, the embed-worker after it. `Chunker/` does the cutting.

package import Chunker
import Crypto
package import Domain
package import Pipeline

/// Cuts a parsed document into chunks and stages them.
package struct ChunkHandler: JobHandler {
    private let store: any ChunkJobStore
    private let blobs: any BlobStore
    private let chunker: MarkdownChunker
    private let parsedBytesMax: Int

    package init(
        store: any ChunkJobStore, blobs: any BlobStore, chunker: MarkdownChunker,
        parsedBytesMax: Int = 256 << 20
    ) {
        self.store = store
        self.blobs = blobs
        self.chunker = chunker
        self.parsedBytesMax = parsedBytesMax
    }

    package var queue: WorkQueue { .chunk }

    package func work(on job: ClaimedJob, _ progress: Progress) async throws(JobFailure) {
        guard let path = job.parsedPath.flatMap({ BlobPath($0) }) else {
            throw .permanent(.database(.badPath), "the job has no path of a parsed text")
        }
        let bytes = try await blobs.read(path, bytesMax: parsedBytesMax)
        guard SHA256.hash(data: bytes).hexadecimal == job.parsedSHA256 else {
            throw .permanent(
                .storage(.hashMismatch),
                "the hash of the stored text differs from that of the parsed text")
        }
        let chunks: ChunkedText
        do {
            chunks = try chunker.chunk(bytes)
        } catch {
            throw .permanent(.document(.notUTF8), "\(error)")
        }
        guard !chunks.isEmpty else {
            throw .permanent(.document(.noChunks), "the parsed text contains nothing to embed")
        }
        try await store.completeChunking(
            job, chunks: chunks, in: LanguageDetection.language(of: bytes), by: chunker.identity)
    }
}
