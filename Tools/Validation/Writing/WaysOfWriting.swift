import FoundationEssentials
import JobStorePostgres
import Postgres
import TestCluster

/// Compares buffered with direct writes of the same rows: rates, memory, and losses when the
/// writing session is ended halfway.
@MainActor
struct WaysOfWriting {
    let plan: ValidationPlan

    enum Way: String, CaseIterable {
        case buffered = "buffered way"
        case rowWise = "direct, a row at a time"
        case copy = "direct, COPY"
    }

    /// The result of one way.
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
            each way over one session: the store of the workers (claims, staging, flush, vacuum, events), INSERT \
            and commit for each row, one binary COPY for each document. Then ended a session \
            halfway through a document of each way, and let a worker continue where a job says so.
            """
        checks.expected = """
            All rows arrive by each way. Ended halfway, the buffered way loses nothing and shows \
            no half document. Direct writes lose what was not committed, and nothing finishes \
            the document.
            """
        var samples: [Way: Sample] = [:]
        for way in Way.allCases {
            let sample = try await measure(way)
            checks.equal("\(way.rawValue): rows", sample.rows, rows.count)
            samples[way] = sample
        }
        checks.equal(
            "sketches by the buffered way", samples[.buffered]?.sketches ?? 0, rows.count)
        checks.note("sketches by direct writes", "\(samples[.copy]?.sketches ?? 0)")
        for way in Way.allCases {
            try await KilledWrites(plan: plan, rows: rows).check(way, checks)
        }
        if plan.isTimed { note(samples, checks) }
    }

    private func note(_ samples: [Way: Sample], _ checks: Checks) {
        guard let buffered = samples[.buffered] else { return }
        var lines = [
            "| way | rows per second | ratio | server process MB | buffers MB | WAL KB per row |",
            "|---|---|---|---|---|---|",
        ]
        for way in Way.allCases {
            guard let sample = samples[way] else { continue }
            let ratio = sample.rate / buffered.rate
            checks.note("\(way.rawValue), rows per second", sample.rate.short)
            lines.append(
                MarkdownTable.row(
                    [
                        way.rawValue, sample.rate.short, ratio.short,
                        (Double(sample.serverBytes) / 1e6).short,
                        (Double(sample.bufferBytes) / 1e6).short,
                        (Double(sample.walBytes) / 1e3 / Double(sample.rows)).short,
                    ]))
        }
        lines += [
            "",
            """
            The earlier system claimed that direct writes are ten times faster. Measured: a row at \
            a time is \(ratio(.rowWise, samples)) times the rate of the buffered way, COPY \
            \(ratio(.copy, samples)) times. Direct writes leave out claims, events and sketches.
            """,
        ]
        checks.appendix = lines.joined(separator: "\n")
    }

    private func ratio(_ way: Way, _ samples: [Way: Sample]) -> String {
        guard let sample = samples[way], let buffered = samples[.buffered] else { return "-" }
        return (sample.rate / buffered.rate).short
    }

    /// Writes all rows by one way, in its own database.
    private func measure(_ way: Way) async throws -> Sample {
        try await TrialDatabase.lend(on: plan.server) { database in
            try await rows.seed(database, withJobs: way == .buffered)
            let pool = Self.session(database.url)
            let process = Int(try await pid(pool))
            var sample = Sample()
            let wal = try await walBytes(database)
            let start = ContinuousClock.now
            try await write(way, over: pool) {
                sample.serverBytes = max(sample.serverBytes, Self.privateBytes(of: process))
                guard way == .buffered else { return }
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
        _ way: Way, over pool: PostgresPool, look: () async throws -> Void
    ) async throws {
        guard way != .buffered else { return try await writeBuffered(pool, look) }
        let direct = DirectWrites(rows: rows, pool: pool)
        for document in try await direct.documents() {
            let all = 0..<rows.rowsPerDocument
            try await pool.withConnection { connection in
                if way == .rowWise {
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
