import Foundation

/// The buffered write path by itself: the programs' statements in sequence over one connection.
/// Stages texts and vectors, moves both, and vacuums the buffers. Claims and events are included.
struct BufferedWay: Side {
    let name: String
    let rows: Int
    /// Whether to omit what only searches need: the words and the vector sketches.
    let isBare: Bool

    /// One document fills one batch of the flusher, and two staging batches of an embed-worker.
    static let rowsPerDocument = 1000
    static let rowsPerStaging = 500
    private static let rowsPerVacuum = 4096

    func run(_ site: Site) throws -> Sample {
        try Database.withTemporary(site) { database in
            let session = database.session
            try seed(session)
            let statements = try Statements(site, session, isBare: isBare)
            try session.run("VACUUM ANALYZE")
            try session.run("CHECKPOINT")
            let (wal, cpu, start) = (try database.wal(), Processors.busySeconds(), Date())
            var (sinceVacuum, bufferBytes) = (0, 0)
            for number in 0..<(rows / Self.rowsPerDocument) {
                try carry(number, statements)
                sinceVacuum += Self.rowsPerDocument
                if sinceVacuum >= Self.rowsPerVacuum {
                    bufferBytes = max(bufferBytes, try database.bufferBytes())
                    try statements.vacuum()
                    sinceVacuum = 0
                }
            }
            try statements.vacuum()
            let (seconds, busy) = (-start.timeIntervalSinceNow, Processors.busySeconds() - cpu)
            let written = try database.wal() - wal
            let moved = try session.run("SELECT count(*) FROM upload_pipeline.document_chunks")
            guard moved[0][0] == "\(rows)" else {
                throw BenchFailure("\(moved[0][0]) of \(rows) rows arrived")
            }
            return Sample(
                units: rows, seconds: seconds, cpuSeconds: busy, walBytes: written,
                peakMB: Double(max(bufferBytes, try database.bufferBytes())) / 1_048_576)
        }
    }

    /// Inserts documents that have been parsed, with their jobs.
    private func seed(_ session: Session) throws {
        try session.seedDocuments(rows / Self.rowsPerDocument)
        try session.run(
            """
            INSERT INTO upload_pipeline.upload_jobs (job_id, document_id, stage, state)
            SELECT uuidv7(), document_id, 'parse_validated', 'done' FROM upload_pipeline.documents
            """)
    }

    private func carry(_ number: Int, _ statements: Statements) throws {
        let ords = Array(0..<Self.rowsPerDocument)
        let chunk = try statements.claim("chunk")
        try statements.session.run("BEGIN")
        try statements.run(
            "complete_chunking",
            [chunk.jobArray, chunk.claimArray, "{\(ords.count)}", "{english}"])
        try statements.copyTexts(of: chunk, ords: ords)
        try statements.session.run("COMMIT")

        let embed = try statements.claim("embed")
        try statements.run(
            "begin_embedding", [embed.jobArray, embed.claimArray, "bench", "1", "1536"])
        for first in stride(from: 0, to: ords.count, by: Self.rowsPerStaging) {
            try statements.stageVectors(
                of: embed, ords: Array(ords[first..<(first + Self.rowsPerStaging)]))
        }
        try statements.run("complete_embedding", [embed.jobArray, embed.claimArray])

        let flush = try statements.claim("flush")
        try statements.run(
            "flush", [flush.jobArray, flush.claimArray, "0", "\(Int32.max)", "{}"])
    }
}

/// The programs' SQL statements, read from their own .sql files.
private struct Statements {
    /// A claimed job.
    struct Claim {
        var job: String
        var token: String
        var document: String

        var jobArray: String { "{\(job)}" }
        var claimArray: String { "{\(token)}" }
    }

    let session: Session
    private let copyChunks: String
    /// Vectors and sketches of one staging batch, in binary format.
    private let vectors, sketches: [UInt8]

    init(_ site: Site, _ session: Session, isBare: Bool) throws {
        self.session = session
        try session.planOnce()
        for path in [
            "claims/claim_waiting", "chunking/complete_chunking", "embedding/begin_embedding",
            "embedding/stage_vectors", "embedding/complete_embedding",
        ] {
            let name = path.split(separator: "/")[1]
            try session.prepare(String(name), try site.statement(path))
        }
        var flush = try site.statement("flushing/flush")
        if isBare {
            // Only this part writes the sketches and words, which only searches need.
            guard let from = flush.range(of: "), sketched AS ("),
                let to = flush.range(of: "), vectors AS (")
            else { throw BenchFailure("flush.sql has changed; update the benchmark") }
            flush.removeSubrange(from.lowerBound..<to.lowerBound)
        }
        try session.prepare("flush", flush)
        copyChunks = try site.statement("chunking/copy_chunks")
        let vectorType = UInt32(try session.run("SELECT 'public.vector'::regtype::oid")[0][0]) ?? 0
        let count = BufferedWay.rowsPerStaging
        vectors = BinaryArray(of: vectorType, Array(repeating: BareCopy.vector, count: count)).bytes
        // The number of bits, 1,024, and the bits.
        let sketch: [UInt8] = [0, 0, 4, 0] + [UInt8](repeating: 0x55, count: 128)
        sketches = BinaryArray(of: 1560, Array(repeating: sketch, count: count)).bytes
    }

    func run(_ name: String, _ parameters: [String]) throws {
        let rows = try session.run(prepared: name, parameters)
        guard rows.count == 1 else { throw BenchFailure("\(name): the claim is lost") }
    }

    func claim(_ queue: String) throws -> Claim {
        let rows = try session.run(
            prepared: "claim_waiting", ProtocolClaims.parameters(1, queue))
        guard let row = rows.first else { throw BenchFailure("no job waits for \(queue)") }
        return Claim(job: row[0], token: row[1], document: row[3])
    }

    func copyTexts(of claim: Claim, ords: [Int]) throws {
        let head = "\(claim.document)\t1\t"
        var next: [UInt8]? = ords.reduce(into: []) { bytes, ord in
            bytes += head.utf8
            bytes += "\(ord)\t\(UUID().uuidString)\tbench\t1\t".utf8
            bytes += BareCopy.text
            bytes += "\t\(Self.hash)\t200\t\(ord)\t\(ord + 1)\t{}\t\\N\t\\N\n".utf8
        }
        let text = copyChunks.replacingOccurrences(of: "(FORMAT binary)", with: "")
        try session.copy(text) {
            defer { next = nil }
            return next
        }
    }

    func stageVectors(of claim: Claim, ords: [Int]) throws {
        guard let job = UUID(uuidString: claim.job), let document = UUID(uuidString: claim.document)
        else { throw BenchFailure("no ids") }
        let rows = try session.run(
            binary: "stage_vectors",
            [
                BinaryArray(of: 2950, [Self.bytes(claim.job)]).bytes,
                BinaryArray(of: 2950, [Self.bytes(claim.token)]).bytes,
                BinaryArray(of: 2950, ords.map { _ in Self.bytes(job) }).bytes,
                BinaryArray(of: 2950, ords.map { _ in Self.bytes(document) }).bytes,
                BinaryArray(of: 23, ords.map { _ in Self.bytes(Int32(1)) }).bytes,
                BinaryArray(of: 23, ords.map { Self.bytes(Int32($0)) }).bytes,
                vectors, sketches,
            ])
        guard rows.count == 1 else { throw BenchFailure("stage_vectors: the claim is lost") }
    }

    func vacuum() throws {
        try session.run("VACUUM (TRUNCATE false) upload_pipeline.document_vector_buffer")
        try session.run("VACUUM (TRUNCATE false) upload_pipeline.document_chunk_buffer")
    }

    private static let hash = String(repeating: "0", count: 64)

    private static func bytes(_ id: String) -> [UInt8] { UUID(uuidString: id).map(bytes) ?? [] }
    private static func bytes(_ id: UUID) -> [UInt8] { withUnsafeBytes(of: id.uuid) { Array($0) } }
    private static func bytes(_ number: Int32) -> [UInt8] {
        withUnsafeBytes(of: number.bigEndian) { Array($0) }
    }
}

/// An array in PostgreSQL's binary format.
private struct BinaryArray {
    private(set) var bytes: [UInt8] = []

    init(of type: UInt32, _ elements: [[UInt8]]) {
        bytes.reserveCapacity(20 + elements.reduce(0) { $0 + 4 + $1.count })
        func append(_ number: UInt32) {
            withUnsafeBytes(of: number.bigEndian) { bytes += $0 }
        }
        for number in [1, 0, type, UInt32(elements.count), 1] { append(number) }
        for element in elements {
            append(UInt32(element.count))
            bytes += element
        }
    }
}
