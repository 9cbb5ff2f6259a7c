import Foundation

/// Embed-workers by themselves, one process each, with a service that takes 50 ms per request. Each
/// worker has eight requests in flight.
struct EmbedWorkers: Side {
    let count: Int
    var name: String { count == 1 ? "1 embed-worker" : "\(count) embed-workers" }

    /// Enough for about ten seconds.
    private var documents: Int { 1200 * count }

    func run(_ site: Site) throws -> Sample {
        try Database.withTemporary(site) { database in
            let folder = try site.folder()
            try seed(database.session)
            let processes = Processes(
                site,
                Processes.environment(
                    site, database, folder, ["MILLRACE_SLOTS": "8", "MILLRACE_LATENCY_MS": "50"]))
            defer { processes.end() }
            try processes.start("embedded-broker")
            Thread.sleep(forTimeInterval: 1)
            for _ in 0..<count { try processes.start("load-worker", ["MILLRACE_QUEUE": "embed"]) }
            // Until all workers have joined their group, so that startup is not measured.
            Thread.sleep(forTimeInterval: 6)
            try database.session.run("UPDATE upload_pipeline.upload_jobs SET run_at = now()")
            let (wal, cpu, start) = (try database.wal(), Processors.busySeconds(), Date())
            try processes.work(
                until: documents, database,
                """
                SELECT count(*) FROM upload_pipeline.upload_jobs
                WHERE waiting_for = 'flush'
                """)
            return Sample(
                units: documents, seconds: -start.timeIntervalSinceNow,
                cpuSeconds: Processors.busySeconds() - cpu, walBytes: try database.wal() - wal,
                peakMB: processes.peakMB)
        }
    }

    /// Inserts documents of one staged chunk each, with jobs that are not yet due.
    private func seed(_ session: Session) throws {
        try session.seedDocuments(documents)
        try session.run(
            """
            INSERT INTO upload_pipeline.upload_jobs
                (job_id, document_id, stage, state, expected_chunks, run_at, hint_at)
            SELECT uuidv7(), document_id, 'chunks_buffered', 'done', 1, now() + interval '1 h',
                now() + interval '1 h'
            FROM upload_pipeline.documents;
            INSERT INTO upload_pipeline.document_chunk_buffer (document_id, generation, chunk_ord,
                chunk_id, chunker_name, chunker_version, text, chunk_sha, tokens, utf8_start,
                utf8_end)
            SELECT document_id, 1, 0, gen_random_uuid(), 'c', '1', repeat('word ', 200), 'sha', 200,
                0, 1000
            FROM upload_pipeline.documents
            """)
        try session.run("VACUUM ANALYZE")
        try session.run("CHECKPOINT")
    }
}
