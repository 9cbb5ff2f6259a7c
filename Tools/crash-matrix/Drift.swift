import FoundationEssentials
import Glibc
import TestCluster

extension Trial {
    /// Creates the drift that a reconciler must repair.
    func makeDrift() async throws {
        // A claim whose worker died, and another whose lease is long but whose deadline passes.
        try await leaveClaim("dead", lease: "1s")
        try await leaveClaim("hung", lease: "10m")
        try await database.execute(
            """
            UPDATE upload_pipeline.upload_jobs SET stage_deadline = clock_timestamp()
            WHERE lease_until > clock_timestamp() + interval '1 minute'
            """)
        // A claim of a dead process, whose lease and deadline are far in the future.
        try await leaveClaim("gone", lease: "10m")
        try await database.execute(
            """
            UPDATE upload_pipeline.upload_jobs SET worker_session = coalesce(worker_session, 1)
            WHERE stage_deadline > clock_timestamp() + interval '1 minute'
            """)
        let unhinted = "\(cluster.directory)/unhinted.md"
        try Data("# Unhinted\n\nNo hint was sent for this document.".utf8).write(
            to: URL(filePath: unhinted))
        try await cluster.until("the upload is accepted") { try await cluster.submit(unhinted) }
        try await database.execute(
            """
            UPDATE upload_pipeline.upload_jobs SET hint_at = clock_timestamp()
            WHERE state = 'queued'
            """)
        try await leaveOrphans()
        try await cluster.until("the lease has expired") {
            try await !database.texts(
                "SELECT 1 FROM upload_pipeline.upload_jobs WHERE lease_until < clock_timestamp()"
            ).isEmpty
        }
    }

    /// Uploads a document whose parse-worker dies as soon as it has claimed the job.
    private func leaveClaim(_ name: String, lease: String) async throws {
        let file = "\(cluster.directory)/\(name).md"
        try Data("# The \(name) one\n\nIts worker went away.".utf8).write(to: URL(filePath: file))
        try await cluster.until("the upload is accepted") { try await cluster.submit(file) }
        try cluster.start(
            "parse-worker", as: name,
            [
                "MILLRACE_FAIL_POINT": "kill after claimWaiting", "MILLRACE_LEASE": lease,
                "MILLRACE_TOPIC_PREFIX": "elsewhere",
            ])
        try await cluster.until("the worker has exited") { cluster.exit(of: name) != nil }
    }

    /// Creates an old blob and staged rows of a document that does not exist.
    private func leaveOrphans() async throws {
        let document = UUID().uuidString.lowercased()
        let folder = "\(cluster.directory)/blobs/raw/\(UUID().uuidString.lowercased())"
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true)
        let blob = "\(folder)/\(document).md"
        try Data("# Lost".utf8).write(to: URL(filePath: blob))
        let longAgo = timeval(tv_sec: time(nil) - 86_400, tv_usec: 0)
        utimes(blob, [longAgo, longAgo])
        try await database.execute(
            """
            INSERT INTO upload_pipeline.document_chunk_buffer
                (document_id, generation, chunk_ord, chunk_id, chunker_name, chunker_version,
                 text, chunk_sha, tokens, utf8_start, utf8_end, headings)
            VALUES ('\(document)', 1, 0, gen_random_uuid(), 'markdown', '1', 'lost',
                encode(sha256('lost'), 'hex'), 1, 0, 4, '{}')
            """)
        try await database.execute(
            """
            INSERT INTO upload_pipeline.document_vector_buffer
                (document_id, generation, chunk_ord, embedding)
            VALUES ('\(document)', 1, 0, array_fill(0.5, ARRAY[1536])::vector)
            """)
    }
}
