import Crypto
import Domain
import FoundationEssentials
import Postgres
import TestCluster

/// Writes chunks straight into document_chunks, as a pipeline without buffers and jobs would. Omits
/// the sketches, which only searches by vector need.
struct DirectWrites: Sendable {
    let rows: SampleRows
    let pool: PostgresPool

    struct Document: Sendable {
        var id: UUID
        var user: UUID
    }

    func documents() async throws -> [Document] {
        try await pool.query(
            PostgresStatement(
                "SELECT document_id, user_id FROM upload_pipeline.documents ORDER BY 1")
        ).map { Document(id: try $0.decode(0), user: try $0.decode(1)) }
    }

    private static let columns = """
        document_id, generation, chunk_ord, chunk_id, user_id, chunker_name, chunker_version, text,
        chunk_sha, tokens, utf8_start, utf8_end, headings, embed_model, embed_version, embed_width,
        embedding
        """

    private static let insert = """
        INSERT INTO upload_pipeline.document_chunks (\(columns))
        VALUES (\((1...17).map { "$\($0)" }.joined(separator: ", ")))
        """

    private static let copy = PostgresStatement(
        "COPY upload_pipeline.document_chunks (\(columns)) FROM STDIN (FORMAT binary)")

    private func hash(_ chunk: Chunk) -> String {
        SHA256.hash(data: Array(chunk.text.utf8)).hexadecimal
    }

    /// One statement and one commit for each row.
    func insert(
        _ ords: Range<Int>, of document: Document, over connection: PostgresConnection
    ) async throws {
        for ord in ords {
            let chunk = rows.chunk(ord)
            _ = try await connection.query(
                PostgresStatement(
                    Self.insert, document.id, Int32(1), Int32(ord), UUID(), document.user,
                    "sample", "1", chunk.text, hash(chunk), Int32(130),
                    Int64(chunk.utf8Range.lowerBound), Int64(chunk.utf8Range.upperBound),
                    chunk.headings, "sample", "1", Int32(1536), PostgresVector(rows.vector(ord))))
        }
    }

    /// One statement for all rows.
    func copy(
        _ ords: Range<Int>, of document: Document, over connection: PostgresConnection
    ) async throws {
        var next = ords.lowerBound
        _ = try await connection.copyIn(Self.copy) { writer in
            for ord in next..<min(next + 100, ords.upperBound) {
                let chunk = rows.chunk(ord)
                writer.row(
                    document.id, Int32(1), Int32(ord), UUID(), document.user, "sample", "1",
                    chunk.text, hash(chunk), Int32(130), Int64(chunk.utf8Range.lowerBound),
                    Int64(chunk.utf8Range.upperBound), chunk.headings, "sample", "1", Int32(1536),
                    PostgresVector(rows.vector(ord)))
            }
            next = min(next + 100, ords.upperBound)
            return next < ords.upperBound
        }
    }
}
