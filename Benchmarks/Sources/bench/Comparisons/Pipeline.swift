import Foundation

/// The pipeline's own cost: the shipped queue workers, one process each, with a parser and an
/// embedder that take no time.
struct Pipeline: Side {
    let name: String
    let documents: Int
    /// Sections per document. Each becomes a chunk.
    let sections: Int
    /// Whether chunks are counted instead of documents.
    let countsChunks: Bool
    let slots: Int
    /// Finished jobs that already exist, with their events.
    var oldJobs = 0

    func run(_ site: Site) throws -> Sample {
        try Database.withTemporary(site) { database in
            let folder = try site.folder()
            try seedOldJobs(database.session)
            try database.storeDocuments(
                (0..<documents).map { Document(markdown: Self.text($0, sections: sections)) },
                in: folder)
            try database.prepareJobs()
            let processes = Processes(
                site, Processes.environment(site, database, folder, ["MILLRACE_SLOTS": "\(slots)"]))
            defer { processes.end() }
            try processes.start("embedded-broker")
            Thread.sleep(forTimeInterval: 1)
            for queue in ["parse", "chunk", "embed", "flush"] {
                try processes.start("load-worker", ["MILLRACE_QUEUE": queue])
            }
            try processes.start("reconciler")
            // Until all programs have joined their groups, so that startup is not measured.
            Thread.sleep(forTimeInterval: 6)
            let begin = try database.session.run("SELECT now()")[0][0]
            try database.releaseJobs()
            let (wal, cpu, start) = (try database.wal(), Processors.busySeconds(), Date())
            try processes.work(
                until: documents, database,
                """
                SELECT count(*) FROM upload_pipeline.upload_jobs
                WHERE finished_at > '\(begin)' AND state = 'done'
                """)
            return Sample(
                units: countsChunks ? documents * sections : documents,
                seconds: -start.timeIntervalSinceNow,
                cpuSeconds: Processors.busySeconds() - cpu, walBytes: try database.wal() - wal,
                peakMB: processes.peakMB)
        }
    }

    private func seedOldJobs(_ session: Session) throws {
        guard oldJobs > 0 else { return }
        try session.run(
            """
            INSERT INTO upload_pipeline.documents (document_id, user_id, filename, mime, bytes_len,
                file_sha256, raw_path, processing_status, created_at)
            SELECT uuidv7(), gen_random_uuid(), n || '.md', 'text/markdown', 1,
                encode(sha256(('old' || n)::bytea), 'hex'), 'storage://' || n, 'embedded',
                now() - interval '30 days'
            FROM generate_series(1, \(oldJobs)) n
            """)
        // Their events are old too, so the trigger must not write them.
        try session.run(
            """
            ALTER TABLE upload_pipeline.upload_jobs DISABLE TRIGGER record_new_jobs;
            INSERT INTO upload_pipeline.upload_jobs (job_id, document_id, stage, state, finished_at,
                expected_chunks, embed_model, embed_version, embed_width, created_at)
            SELECT uuidv7(), document_id, 'embedded', 'done', created_at, 1, 'm', '1', 1536,
                created_at
            FROM upload_pipeline.documents;
            ALTER TABLE upload_pipeline.upload_jobs ENABLE TRIGGER record_new_jobs
            """)
        try session.run(
            """
            INSERT INTO upload_pipeline.events
                (job_id, document_id, ts, type, severity, code, payload)
            SELECT job_id, document_id, created_at, 'stage_done', 'info', 'parsed',
                jsonb_build_object('from_stage', 'parsing', 'to_stage', 'parsed', 'n', n)
            FROM upload_pipeline.upload_jobs, generate_series(1, 12) n
            """)
    }

    /// About a kilobyte per section, in varying words.
    private static func text(_ number: Int, sections: Int) -> String {
        guard sections > 1 else {
            return "# Parcel \(number)\n\nParcel \(number) lies in bay \(number * 7 % 31).\n"
        }
        let words = ["harbour", "tide", "crane", "pilot", "mooring", "berth", "ledger", "cargo"]
        return (0..<sections).map { section in
            "# Section \(section) of \(number)\n\n"
                + (0..<140).map { words[($0 * 7 + section * 3 + number) % words.count] }
                .joined(separator: " ")
        }.joined(separator: "\n\n")
    }
}
