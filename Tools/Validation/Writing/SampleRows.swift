import Crypto
import Domain
import FoundationEssentials
import Postgres
import TestCluster

/// The rows of every write method: documents of equally many chunks, with vectors.
struct SampleRows: Sendable {
    let documents: Int
    let rowsPerDocument: Int

    var count: Int { documents * rowsPerDocument }

    static let space = EmbeddingSpace(
        model: "sample", version: "1", width: EmbeddingSpace.storedWidth)
    static let chunker = ChunkerIdentity(name: "sample", version: "1")

    private static let sentence =
        "The parcels of this hall are counted, weighed and stored by the number of their bay. "

    func chunk(_ ord: Int) -> Chunk {
        let text = "Bay \(ord). " + String(repeating: Self.sentence, count: 8)
        return Chunk(
            ord: ord, text: text, utf8Range: ord * 700..<ord * 700 + text.utf8.count, tokens: 130,
            headings: ["Hall"], pages: nil)
    }

    func vector(_ ord: Int) -> [Float] {
        (0..<EmbeddingSpace.storedWidth).map { Float(($0 * 31 + ord * 17) % 101) / 101 + 0.01 }
    }

    /// Inserts documents, as the API does; with parsed jobs if `withJobs` is set.
    func seed(_ database: TrialDatabase, withJobs: Bool) async throws {
        try await database.execute(
            """
            INSERT INTO upload_pipeline.documents (user_id, filename, mime, bytes_len, file_sha256,
                raw_path)
            SELECT gen_random_uuid(), n || '.md', 'text/markdown', 1,
                encode(sha256(n::text::bytea), 'hex'), 'storage://' || n
            FROM generate_series(1, \(documents)) n
            """)
        if withJobs {
            try await database.execute(
                """
                INSERT INTO upload_pipeline.upload_jobs (document_id, stage, state)
                SELECT document_id, 'parse_validated', 'done' FROM upload_pipeline.documents
                """)
        }
        try await database.execute("VACUUM ANALYZE")
        try await database.execute("CHECKPOINT")
    }
}
