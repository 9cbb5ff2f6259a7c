import Foundation

/// A document to store.
struct Document {
    var bytes: [UInt8]
    var fileExtension = "md"
    var mime = "text/markdown"

    init(markdown: String) { bytes = Array(markdown.utf8) }

    init(pdf bytes: [UInt8]) {
        self.bytes = bytes
        (fileExtension, mime) = ("pdf", "application/pdf")
    }
}

extension Database {
    /// Stores documents as the API does: bytes in storage and a row each. Their ids are in the
    /// session's temporary table `seed`.
    func storeDocuments(_ documents: [Document], in folder: String) throws {
        let tenant = UUID().uuidString.lowercased()
        let raw = "\(folder)/raw/\(tenant)"
        try FileManager.default.createDirectory(atPath: raw, withIntermediateDirectories: true)
        // UUIDv7, as in the API.
        let ids = try session.run("SELECT uuidv7() FROM generate_series(1, \(documents.count))")
            .map { $0[0] }
        var rows: [String] = []
        for (number, (id, document)) in zip(ids, documents).enumerated() {
            let name = "\(id).\(document.fileExtension)"
            try Data(document.bytes).write(to: URL(filePath: "\(raw)/\(name)"))
            let fields = [id, "\(number)", "\(document.bytes.count)", name, document.mime]
            rows.append(fields.joined(separator: "\t") + "\n")
        }
        try session.run(
            "CREATE TEMP TABLE seed (id uuid, number int, bytes bigint, name text, mime text)")
        var next: [UInt8]? = Array(rows.joined().utf8)
        try session.copy("COPY seed FROM STDIN") {
            defer { next = nil }
            return next
        }
        // The server runs on this machine, so it can read the files and compute their hashes.
        try session.run(
            """
            INSERT INTO upload_pipeline.documents (document_id, user_id, filename, mime, bytes_len,
                file_sha256, raw_path)
            SELECT id, '\(tenant)', number || '-' || name, mime, bytes,
                encode(sha256(pg_read_binary_file('\(raw)/' || name)), 'hex'),
                'storage://raw/\(tenant)/' || name
            FROM seed
            """)
    }

    /// Creates a job for each stored document, none of them due yet.
    func prepareJobs() throws {
        try session.run(
            """
            INSERT INTO upload_pipeline.upload_jobs (job_id, document_id)
            SELECT uuidv7(), id FROM seed
            """)
        try holdJobs()
    }

    /// Postpones all unfinished jobs by an hour, and updates the planner's statistics.
    func holdJobs() throws {
        try session.run(
            """
            UPDATE upload_pipeline.upload_jobs
            SET run_at = now() + interval '1 h', hint_at = now() + interval '1 h'
            WHERE finished_at IS NULL
            """)
        try session.run("VACUUM ANALYZE")
        try session.run("CHECKPOINT")
    }

    /// Makes all unfinished jobs due at once, without sending hints.
    func releaseJobs() throws {
        try session.run(
            "UPDATE upload_pipeline.upload_jobs SET run_at = now() WHERE finished_at IS NULL")
    }
}
