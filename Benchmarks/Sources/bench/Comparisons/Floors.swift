import Foundation

/// The pipeline's steps for the same jobs, as statements on batches of 64 over one connection.
/// Shows what PostgreSQL itself needs for them, with the protocol's events.
struct BareTransitions: Side {
    let name = "PostgreSQL alone, sets of 64"
    let documents: Int

    private static let steps = [
        "state = 'working'", "stage = 'job_validated'", "stage = 'parsing'", "stage = 'parsed'",
        "stage = 'parse_validated', state = 'done'", "stage = 'chunking', state = 'working'",
        "stage = 'chunks_buffered', state = 'done', expected_chunks = 1",
        "stage = 'embedding', state = 'working'", "state = 'done'",
        "stage = 'embedded', state = 'working'", "state = 'done', finished_at = now()",
    ]

    func run(_ site: Site) throws -> Sample {
        try Database.withTemporary(site) { database in
            let session = database.session
            try session.seedDocuments(documents)
            try session.run(
                """
                INSERT INTO upload_pipeline.upload_jobs (job_id, document_id)
                    SELECT uuidv7(), document_id FROM upload_pipeline.documents;
                ANALYZE; CHECKPOINT;
                """)
            let jobs = try session.run("SELECT job_id FROM upload_pipeline.upload_jobs").map {
                $0[0]
            }
            for (index, step) in Self.steps.enumerated() {
                try session.prepare("step\(index)", statement(step))
            }
            let (wal, cpu, start) = (try database.wal(), Processors.busySeconds(), Date())
            for first in stride(from: 0, to: jobs.count, by: 64) {
                let set = "{\(jobs[first..<min(first + 64, jobs.count)].joined(separator: ","))}"
                for index in Self.steps.indices { try session.run(prepared: "step\(index)", [set]) }
            }
            return Sample(
                units: documents, seconds: -start.timeIntervalSinceNow,
                cpuSeconds: Processors.busySeconds() - cpu, walBytes: try database.wal() - wal,
                peakMB: 0)
        }
    }

    private func statement(_ step: String) -> String {
        let isClaim = step.contains("'working'")
        let claim =
            isClaim
            ? "claim_id = gen_random_uuid(), claimed_by = 'bench', claimed_at = now(), "
                + "attempt = attempt + 1, lease_until = now() + interval '90 s', "
                + "stage_deadline = now() + interval '900 s'"
            : step.contains("'done'")
                ? "claim_id = NULL, claimed_by = NULL, claimed_at = NULL, attempt = 0, "
                    + "lease_until = NULL, stage_deadline = NULL, hint_at = now()"
                : "updated_at = now()"
        return "UPDATE upload_pipeline.upload_jobs SET \(step), \(claim) "
            + "WHERE job_id = ANY ($1::uuid[])"
    }
}

/// Copies chunks into a table of their own by binary COPY over one connection. Vectors are stored
/// inline, and the primary key is the only index.
struct BareCopy: Side {
    let name = "binary COPY, one connection"
    let rows: Int

    func run(_ site: Site) throws -> Sample {
        try Database.withTemporary(site) { database in
            try database.session.run(
                """
                CREATE TABLE bare (document_id uuid, ord int, text text,
                    embedding public.vector(1536), PRIMARY KEY (document_id, ord)
                ) WITH (toast_tuple_target = 8160);
                ALTER TABLE bare ALTER embedding SET STORAGE PLAIN;
                CHECKPOINT;
                """)
            let (wal, cpu, start) = (try database.wal(), Processors.busySeconds(), Date())
            var next = 0
            try database.session.copy("COPY bare FROM STDIN (FORMAT binary)") {
                guard next < rows else { return nil }
                var piece: [UInt8] = next == 0 ? Self.header : []
                for _ in 0..<min(256, rows - next) {
                    Self.append(row: next, to: &piece)
                    next += 1
                }
                if next == rows { piece += [0xFF, 0xFF] }
                return piece
            }
            return Sample(
                units: rows, seconds: -start.timeIntervalSinceNow,
                cpuSeconds: Processors.busySeconds() - cpu, walBytes: try database.wal() - wal,
                peakMB: 0)
        }
    }

    private static let header: [UInt8] =
        Array("PGCOPY\n".utf8) + [0xFF, 0x0D, 0x0A, 0x00] + [UInt8](repeating: 0, count: 8)
    static let text = Array(
        String(repeating: "harbour tide crane pilot mooring berth ledger cargo ", count: 20).utf8)
    static let vector: [UInt8] = {
        let number = (1 / Float(1536).squareRoot()).bitPattern.bigEndian
        let bytes = withUnsafeBytes(of: number) { Array($0) }
        return [0x06, 0x00, 0x00, 0x00] + (0..<1536).flatMap { _ in bytes }
    }()

    private static func append(row: Int, to bytes: inout [UInt8]) {
        func append(_ number: some FixedWidthInteger) {
            withUnsafeBytes(of: number.bigEndian) { bytes += $0 }
        }
        append(Int16(4))
        append(Int32(16))
        append(UInt64(row / 500))
        append(UInt64(1))
        append(Int32(4))
        append(Int32(row % 500))
        append(Int32(text.count))
        bytes += text
        append(Int32(vector.count))
        bytes += vector
    }
}
