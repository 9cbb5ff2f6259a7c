import FoundationEssentials
import TestCluster

extension TrialDatabase {
    func count(_ from: String) async throws -> Int {
        try await number("SELECT count(*) FROM \(from)")
    }

    func number(_ sql: String) async throws -> Int {
        guard let number = try await texts(sql).first.flatMap({ Int($0) }) else {
            throw TrialFailure("no number: \(sql)")
        }
        return number
    }

    /// The fields of each row of a query that returns them as one text, separated by `|`.
    func fields(_ sql: String) async throws -> [[String]] {
        try await texts(sql)
            .map { $0.split(separator: "|", omittingEmptySubsequences: false).map(String.init) }
    }

    func position(of job: String) async throws -> String {
        try await texts(
            "SELECT stage || '/' || state FROM upload_pipeline.upload_jobs WHERE job_id = '\(job)'"
        ).joined()
    }

    func unfinished() async throws -> Int {
        try await count("upload_pipeline.upload_jobs WHERE finished_at IS NULL")
    }

    /// Jobs by stage and state, as in `12 embedded/done`, in the order of stages.
    func positions() async throws -> [String] {
        try await texts(
            """
            SELECT count(*) || ' ' || stage || '/' || state FROM upload_pipeline.upload_jobs
            GROUP BY stage, state
            ORDER BY array_position(ARRAY['queued', 'job_validated', 'parsing', 'parsed',
                'parse_validated', 'chunking', 'chunks_buffered', 'embedding', 'embedded'], stage),
                state
            """)
    }

    /// Counts of orphans, by kind: rows without their counterpart, and leftover buffer rows. Events
    /// outlive deleted documents by design, but no scenario deletes one.
    func orphans() async throws -> [(kind: String, count: Int)] {
        var found: [(String, Int)] = []
        for (kind, from) in Self.orphanQueries {
            found.append((kind, try await count("upload_pipeline." + from)))
        }
        return found
    }

    private static let orphanQueries = [
        (
            "jobs without a document",
            "upload_jobs LEFT JOIN upload_pipeline.documents d "
                + "USING (document_id) WHERE d.document_id IS NULL"
        ),
        (
            "documents without a job",
            "documents LEFT JOIN upload_pipeline.upload_jobs j "
                + "USING (document_id) WHERE j.job_id IS NULL"
        ),
        (
            "chunks without a document",
            "document_chunks LEFT JOIN upload_pipeline.documents d "
                + "USING (document_id) WHERE d.document_id IS NULL"
        ),
        (
            "chunks without a sketch",
            "document_chunks LEFT JOIN upload_pipeline.chunk_sketches s "
                + "USING (document_id, generation, chunk_ord) WHERE s.document_id IS NULL"
        ),
        (
            "events without a job",
            "events LEFT JOIN upload_pipeline.upload_jobs j "
                + "USING (job_id) WHERE j.job_id IS NULL"
        ),
        (
            "events of another document",
            "events e JOIN upload_pipeline.upload_jobs j "
                + "USING (job_id) WHERE e.document_id <> j.document_id"
        ),
        (
            "buffered texts of finished jobs",
            "document_chunk_buffer b "
                + "JOIN upload_pipeline.upload_jobs j USING (document_id, generation) "
                + "WHERE j.stage = 'embedded' AND j.state = 'done'"
        ),
        (
            "buffered vectors of finished jobs",
            "document_vector_buffer b "
                + "JOIN upload_pipeline.upload_jobs j USING (document_id, generation) "
                + "WHERE j.stage = 'embedded' AND j.state = 'done'"
        ),
    ]

    @MainActor
    func checkOrphans(_ checks: Checks) async throws {
        for (kind, count) in try await orphans() { checks.equal(kind, count, 0) }
    }
}
