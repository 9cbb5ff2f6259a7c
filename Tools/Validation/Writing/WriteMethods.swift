import FoundationEssentials
import JobStorePostgres
import Postgres
import TestCluster

/// Compares buffered with direct writes of the same rows: rates, memory, and losses when the
/// writing session is ended halfway.
@MainActor
struct WriteMethods {
    let plan: ValidationPlan

    enum Method: String, CaseIterable {
        case buffered = "buffered"
        case rowWise = "direct, row by row"
        case copy = "direct, COPY"
    }

    /// The result of one method.
    private struct Sample {
        var rows = 0
        var sketches = 0
        var seconds = 0.0
        /// Peak private memory of the server process.
        var serverBytes = 0
        /// Peak size of both buffers on disk.
        var bufferBytes = 0
        var walBytes = 0

        var rate: Double { Double(rows) / seconds }
    }

    private var rows: SampleRows {
        SampleRows(
            documents: plan.scale.rows / plan.scale.rowsPerDocument,
            rowsPerDocument: plan.scale.rowsPerDocument)
    }

    func compare(_ checks: Checks) async throws {
        checks.done = """
            Wrote \(rows.count.grouped) rows in documents of \(rows.rowsPerDocument.grouped) by \
            each method over one session: the store of the workers (claims, staging, flush, \
            vacuum, events), INSERT and commit for each row, one binary COPY for each document. \
            Then ended a session halfway through a document for each method, and let a worker \
            continue where a job exists.
            """
        checks.expected = """
            All rows arrive by each method. After an end halfway, buffered writes lose nothing \
            and show no partial document. Direct writes lose what was not committed, and nothing \
            finishes the document.
            """
        var samples: [Method: Sample] = [:]
        for method in Method.allCases {
            let sample = try await measure(method)
            checks.equal("\(method.rawValue): rows", sample.rows, rows.count)
            samples[method] = sample
        }
        checks.equal(
            "sketches by buffered writes", samples[.buffered]?.sketches ?? 0, rows.count)
        checks.note("sketches by direct writes", "\(samples[.copy]?.sketches ?? 0)")
        for method in Method.allCases {
            try await KilledWrites(plan: plan, rows: rows).check(method, checks)
        }
        if plan.isTimed { note(samples, checks) }
    }

    private func note(_ samples: [Method: Sample], _ checks: Checks) {
        guard let buffered = samples[.buffered] else { return }
        var lines = [
            "| method | rows per second | ratio | server process MB | buffers MB | "
                + "WAL KB per row |",
            "|---|---|---|---|---|---|",
        ]
        for method in Method.allCases {
            guard let sample = samples[method] else { continue }
            let ratio = sample.rate / buffered.rate
            checks.note("\(method.rawValue), rows per second", sample.rate.short)
            lines.append(
                MarkdownTable.row(
                    [
                        method.rawValue, sample.rate.short, ratio.short,
                        (Double(sample.serverBytes) / 1e6).short,
                        (Double(sample.bufferBytes) / 1e6).short,
                        (Double(sample.walBytes) / 1e3 / Double(sample.rows)).short,
                    ]))
        }
        lines += [
            "",
            """
            The earlier system claimed that direct writes are ten times faster. Measured: a row at \
            a time is \(ratio(.rowWise, samples)) times the rate of buffered writes, COPY \
            \(ratio(.copy, samples)) times. Direct writes leave out claims, events and sketches.
            """,
        ]
        checks.appendix = lines.joined(separator: "\n")
    }

    private func ratio(_ method: Method, _ samples: [Method: Sample]) -> String {
        guard let sample = samples[method], let buffered = samples[.buffered] else { return "-" }
        return (sample.rate / buffered.rate).short
    }

    /// Writes all rows by one method, in its own database.
    private func measure(_ method: Method) async throws -> Sample {
        try await TrialDatabase.withTemporary(on: plan.server) { database in
            try await rows.seed(database, withJobs: method == .buffered)
            let pool = Self.session(database.url)
            let process = Int(try await pid(pool))
            var sample = Sample()
            let wal = try await walBytes(database)
            let start = ContinuousClock.now
            try await write(method, over: pool) {
                sample.serverBytes = max(sample.serverBytes, Self.privateBytes(of: process))
                guard method == .buffered else { return }
                sample.bufferBytes = max(sample.bufferBytes, try await bufferBytes(database))
            }
            sample.seconds = start.duration(to: .now) / .seconds(1)
            sample.walBytes = try await walBytes(database) - wal
            sample.rows = try await database.count("upload_pipeline.document_chunks")
            sample.sketches = try await database.count("upload_pipeline.chunk_sketches")
            await pool.close()
            return sample
        }
    }

    private func write(
        _ method: Method, over pool: PostgresPool, look: () async throws -> Void
    ) async throws {
        guard method != .buffered else { return try await writeBuffered(pool, look) }
        let direct = DirectWrites(rows: rows, pool: pool)
        for document in try await direct.documents() {
            let all = 0..<rows.rowsPerDocument
            try await pool.withConnection { connection in
                if method == .rowWise {
                    try await direct.insert(all, of: document, over: connection)
                } else {
                    try await direct.copy(all, of: document, over: connection)
                }
            }
            try await look()
        }
    }

    private func writeBuffered(
        _ pool: PostgresPool, _ look: () async throws -> Void
    ) async throws {
        let writes = BufferedWrites(rows: rows, store: PostgresJobStore(pool: pool))
        var sinceVacuum = 0
        for _ in 0..<rows.documents {
            try await writes.carryDocument()
            try await look()
            sinceVacuum += rows.rowsPerDocument
            if sinceVacuum >= BufferedWrites.rowsPerVacuum {
                try await writes.store.vacuumBuffers()
                sinceVacuum = 0
            }
        }
        try await writes.store.vacuumBuffers()
    }

    /// A pool of one connection, configured like a worker's.
    static func session(_ url: String) -> PostgresPool {
        PostgresPool(PostgresConfiguration(conninfo: url, connectionsMax: 1, plansOnce: true))
    }

    private func pid(_ pool: PostgresPool) async throws -> Int32 {
        let rows = try await pool.query(PostgresStatement("SELECT pg_backend_pid()"))
        guard let row = rows.first else { throw TrialFailure("no backend") }
        return try row.decode(0)
    }

    private func walBytes(_ database: TrialDatabase) async throws -> Int {
        try await database.number(
            "SELECT pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')::bigint")
    }

    private func bufferBytes(_ database: TrialDatabase) async throws -> Int {
        try await database.number(
            """
            SELECT pg_total_relation_size('upload_pipeline.document_vector_buffer')
                + pg_total_relation_size('upload_pipeline.document_chunk_buffer')
            """)
    }

    /// Anonymous resident memory of a process, as Linux counts it.
    private static func privateBytes(of process: Int) -> Int {
        let data = FileManager.default.contents(atPath: "/proc/\(process)/status") ?? Data()
        let line = String(decoding: data, as: UTF8.self).split(separator: "\n")
            .first { $0.hasPrefix("RssAnon:") }
        return (line?.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0) * 1024
    }
}
