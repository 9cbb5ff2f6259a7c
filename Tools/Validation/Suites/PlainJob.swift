import Crypto
import Domain
import FoundationEssentials
import TestCluster

/// Inserts jobs by plain SQL, with the files and rows that a job at their position needs.
@MainActor
enum PlainJob {
    enum Origin: String, CaseIterable {
        case queued = "queued/queued"
        case parsed = "parse_validated/done"
        case embedded = "embedding/done"
        case retryable = "parsing/retryable"
    }

    /// Inserts jobs and returns their ids.
    static func insert(
        _ count: Int, at origin: Origin, _ cluster: TestCluster, _ database: TrialDatabase
    ) async throws -> [String] {
        var jobs: [String] = []
        for number in 1...count {
            let text = "# Plain \(origin.rawValue) \(number)\n\nA row of plain SQL."
            jobs.append(try await insert(text, at: origin, cluster, database))
        }
        return jobs
    }

    private static func insert(
        _ text: String, at origin: Origin, _ cluster: TestCluster, _ database: TrialDatabase
    ) async throws -> String {
        let (document, job) = (DocumentID().description, JobID().description)
        let user = TenantID().description
        let hash = SHA256.hash(data: Array(text.utf8)).hexadecimal
        let (raw, parsed) = ("raw/\(user)/\(document).md", "parsed/\(user)/\(document).md")
        try cluster.writeBlob(text, at: raw)
        if origin == .parsed { try cluster.writeBlob(text, at: parsed) }
        let isParsed = origin == .parsed || origin == .embedded
        try await database.execute(
            """
            INSERT INTO upload_pipeline.documents (document_id, user_id, filename, mime, bytes_len,
                file_sha256, raw_path, parsed_path, parsed_sha256)
            VALUES ('\(document)', '\(user)', 'plain.md', 'text/markdown', \(text.utf8.count),
                '\(hash)', 'storage://\(raw)',
                \(isParsed ? "'storage://\(parsed)', '\(hash)'" : "NULL, NULL"))
            """)
        if origin == .embedded { try await stage(text, of: document, database) }
        let position = origin.rawValue.split(separator: "/")
        try await database.execute(
            """
            INSERT INTO upload_pipeline.upload_jobs (job_id, document_id, stage, state, retry_count,
                last_error, expected_chunks, embed_model, embed_version, embed_width)
            VALUES ('\(job)', '\(document)', '\(position[0])', '\(position[1])',
                \(origin == .retryable ? "1, \(error)" : "0, NULL"),
                \(origin == .embedded ? "1, 'plain', '1', 1536" : "NULL, NULL, NULL, NULL"))
            """)
        return job
    }

    private static let error = """
        jsonb_build_object('error_type', 'provider_unreachable', 'message', 'no answer',
            'timestamp', now(), 'retry_count', 1)
        """

    /// Stages one chunk in both buffers, in an embedding space of its own.
    private static func stage(
        _ text: String, of document: String, _ database: TrialDatabase
    ) async throws {
        try await database.execute(
            """
            INSERT INTO upload_pipeline.embedding_spaces (model, version) VALUES ('plain', '1')
            ON CONFLICT DO NOTHING
            """)
        try await database.execute(
            """
            INSERT INTO upload_pipeline.document_chunk_buffer (document_id, generation, chunk_ord,
                chunk_id, chunker_name, chunker_version, text, chunk_sha, tokens, utf8_start,
                utf8_end, headings)
            VALUES ('\(document)', 1, 0, gen_random_uuid(), 'plain', '1', '\(text)',
                encode(sha256('\(text)'), 'hex'), 9, 0, \(text.utf8.count), '{}')
            """)
        try await database.execute(
            """
            INSERT INTO upload_pipeline.document_vector_buffer
                (document_id, generation, chunk_ord, embedding)
            VALUES ('\(document)', 1, 0, array_fill(0.5, ARRAY[1536])::vector)
            """)
    }
}
